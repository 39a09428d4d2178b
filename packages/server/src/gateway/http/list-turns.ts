import { HTTP_ERRORS } from "@parley/protocol";
import type { Handler } from "hono";
import { z } from "zod";
import { decode } from "../../conversation/entries.ts";
import { TurnLog, type TurnRecord } from "../../conversation/turn-record.ts";
import type { Journal } from "../../journal/journal.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { pageCursor, readQuery, wholeNumber } from "./query.ts";

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
/** Bytes of rows behind which no further turn is begun: one page costs about so much, and one turn at least. */
const PAGE_BYTES = 1_048_576;
/** What is read of the journal at once. */
const ROWS = { rows: 1_000, bytes: 262_144 };

const cursor = pageCursor("turns");

const querySchema = z.strictObject({
  limit: wholeNumber(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: cursor.schema.default(0),
});

/**
 * `GET /api/v1/sessions/{session_id}/turns`, for operators: what happened in each attempt at a turn, oldest first. `limit`
 * from 1 to 200, 50 by default, and about 1 MB of rows; `cursor` is the `next_cursor` of the page before.
 */
export const listTurns =
  ({ journal }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const read = readQuery(c, querySchema);
    if ("fault" in read) return refuse(c, read.fault);
    const session = await journal.find(c.req.param("id"));
    if (session === null) return refuse(c, HTTP_ERRORS.sessionNotFound);
    const { limit, cursor: after } = read.query;
    const { turns, next } = await readTurns(journal, session.key, after, limit);
    return c.json({
      turns: turns.map(turnView),
      next_cursor: next === null ? null : cursor.print(next),
    });
  };

/** @returns `next`: the position behind which the next page begins */
async function readTurns(
  journal: Pick<Journal, "entries">,
  session: number,
  after: number,
  limit: number,
): Promise<{ turns: readonly TurnRecord[]; next: number | null }> {
  const log = new TurnLog();
  let bytes = 0;
  for (let position = after; ; ) {
    const rows = await journal.entries(session, { after: position, ...ROWS });
    if (rows.length === 0) return { turns: log.records, next: null };
    for (const row of rows) {
      const isFull = log.records.length >= limit || (log.records.length > 0 && bytes > PAGE_BYTES);
      if (row.kind === "turn_started" && isFull) {
        // The next turn's attempt tells what became of this one.
        if (log.running !== null) log.running.outcome = "died";
        return { turns: log.records, next: row.position - 1 };
      }
      log.add(decode(row));
      bytes += Buffer.byteLength(row.data);
      position = row.position;
    }
  }
}

const turnView = (turn: TurnRecord) => ({
  turn: turn.number,
  attempt: turn.attempt,
  reason: turn.reason,
  agent: turn.agent,
  prompt_id: turn.promptId,
  answers_through: turn.through,
  outcome: turn.outcome ?? "running",
  failure: turn.failure,
  cause: turn.cause,
  started_at: time(turn.startedAt),
  first_word_ms: between(turn.startedAt, turn.firstWordAt),
  total_ms: between(turn.startedAt, turn.endedAt),
  message_ids: turn.messageIds,
  input_tokens: turn.inputTokens,
  output_tokens: turn.outputTokens,
  tools: turn.tools.map(({ id, name, arguments: given, result = null, failed = false, isDone }) => ({
    id,
    name,
    arguments: given,
    result,
    failed,
    returned: isDone,
  })),
  retries: turn.retries,
});

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Milliseconds; a clock that was set back meanwhile makes none less than zero. */
const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : Math.max(0, to - from);
