import type { HandoffRecord, HandoffStage } from "../conversation/handoff.ts";
import type { HandoffRow } from "../journal/journal.ts";

/** The stages in which nobody has joined and nobody has given up. */
export const WAITING_STAGES = ["requested", "accepted", "queued"] as const satisfies readonly HandoffStage[];
export const OPEN_STAGES = [...WAITING_STAGES, "joined"] as const satisfies readonly HandoffStage[];
export const OVER_STAGES = [
  "ended",
  "failed",
  "timed_out",
  "cancelled",
] as const satisfies readonly HandoffStage[];

/** A handoff as the journal keeps it beside the rows that it comes of. */
export const encodeHandoff = (handoff: HandoffRecord): HandoffRow => {
  const { id, provider, queue, stage, requestedAt } = handoff;
  return { id, provider, queue, stage, requestedAt, data: JSON.stringify(handoff) };
};

export const decodeHandoff = ({ data }: Pick<HandoffRow, "data">): HandoffRecord =>
  JSON.parse(data) as HandoffRecord;
