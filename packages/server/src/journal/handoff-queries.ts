import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { HandoffFilter, StoredHandoff } from "./journal.ts";

/** Selects handoffs with what their sessions add. */
export const HANDOFFS = `SELECT handoffs.key, handoffs.id, sessions.id AS session, connector, provider, queue, stage,
  requested_at, data FROM handoffs JOIN sessions ON sessions.key = handoffs.session`;

const OPEN = "stage IN ('requested', 'accepted', 'queued', 'joined')";

export function handoffCondition(filter: Omit<HandoffFilter, "limit">): {
  condition: string;
  values: SQLInputValue[];
} {
  const terms: string[] = [];
  const values: SQLInputValue[] = [];
  const where = (term: string, ...given: SQLInputValue[]) => {
    terms.push(term);
    values.push(...given);
  };
  const { stages, beforeKey } = filter;
  if (stages !== undefined) {
    // Said in the words of the index too, which SQLite would not see in a list of values.
    if (stages.every((stage) => OPEN.includes(`'${stage}'`))) where(OPEN);
    where(`stage IN (${stages.map(() => "?").join(", ")})`, ...stages);
  }
  if (filter.queue !== undefined) where("queue = ?", filter.queue);
  if (filter.provider !== undefined) where("provider = ?", filter.provider);
  if (filter.connector !== undefined) where("connector = ?", filter.connector);
  if (filter.session !== undefined) {
    where("handoffs.session = (SELECT key FROM sessions WHERE id = ?)", filter.session);
  }
  if (filter.requestedFrom !== undefined) where("requested_at >= ?", filter.requestedFrom);
  if (filter.requestedBefore !== undefined) where("requested_at < ?", filter.requestedBefore);
  if (beforeKey !== undefined) {
    const place = "(SELECT requested_at FROM handoffs WHERE key = ?)";
    where(`(requested_at, handoffs.key) < (${place}, ?)`, beforeKey, beforeKey);
  }
  return { condition: terms.length === 0 ? "" : `WHERE ${terms.join(" AND ")}`, values };
}

/** Newest first, and from the cursor on in that order; the clock may have been set back between two handoffs. */
export function handoffsQuery(filter: HandoffFilter): { sql: string; values: SQLInputValue[] } {
  const { condition, values } = handoffCondition(filter);
  const order = "ORDER BY requested_at DESC, handoffs.key DESC LIMIT ?";
  return { sql: `${HANDOFFS} ${condition} ${order}`, values: [...values, filter.limit] };
}

export const handoff = (columns: Record<string, SQLOutputValue>): StoredHandoff => ({
  key: Number(columns.key),
  id: String(columns.id),
  session: String(columns.session),
  connector: String(columns.connector),
  provider: String(columns.provider),
  queue: typeof columns.queue === "string" ? columns.queue : null,
  stage: String(columns.stage),
  requestedAt: Number(columns.requested_at),
  data: String(columns.data),
});
