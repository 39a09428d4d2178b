import { EVENT, type TurnFailure } from "@parley/protocol";
import type { Entry, SequencedEvent } from "./entries.ts";
import type { FactEntry, Facts } from "./facts.ts";
import type { Json, ToolRecord, TurnReason } from "./turn.ts";

/** What happened in one attempt at a turn, as its rows tell it. Times are milliseconds since 1970; null where not known. */
export interface TurnRecord {
  readonly number: number;
  readonly attempt: number;
  readonly reason: TurnReason;
  /** The name of who was asked, of several the one who answers; null for an operator's own words. */
  agent: string | null;
  /** The id of the operator's request. */
  readonly promptId: string | null;
  /** The sequence of the last user message that it answers. */
  readonly through: number;
  readonly startedAt: number | null;
  firstWordAt: number | null;
  endedAt: number | null;
  /** `died`: the process did, and another attempt followed. Null while it runs. */
  outcome: Facts["turn_ended"]["outcome"] | "died" | null;
  failure: TurnFailure | null;
  cause: string | null;
  /** Of the messages that the user got. */
  readonly messageIds: string[];
  inputTokens: number;
  outputTokens: number;
  readonly tools: ToolRecord[];
  readonly retries: string[];
}

/** Reads the records of turns out of a session's rows, which are fed in order; it may begin at any turn's first row. */
export class TurnLog {
  readonly records: TurnRecord[] = [];

  /** The turn that runs behind the last row, if any. */
  get running(): TurnRecord | null {
    const last = this.records.at(-1);
    return last?.outcome === null ? last : null;
  }

  add(entry: Entry): void {
    if (entry.kind === "event") this.#hear(entry.event);
    else this.#note(entry);
  }

  #hear(event: SequencedEvent): void {
    const { running } = this;
    if (event.type !== EVENT.POLY_AGENT_MESSAGE && event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) return;
    if (running === null) return;
    const { message_id, text } = event.payload;
    // A completing chunk without a word is the server's.
    if (text !== "" || event.payload.attachments.length > 0) {
      running.firstWordAt ??= Date.parse(event.timestamp);
    }
    if (running.messageIds.at(-1) !== message_id) running.messageIds.push(message_id);
  }

  #note(fact: FactEntry): void {
    const { running } = this;
    if (fact.kind === "turn_started") {
      if (running !== null) running.outcome = "died";
      this.records.push(started(fact.data));
      return;
    }
    if (running === null) return;
    switch (fact.kind) {
      case "turn_ended":
        running.endedAt = fact.data.at;
        running.outcome = fact.data.outcome;
        running.failure = fact.data.failure ?? null;
        running.cause = fact.data.cause ?? null;
        break;
      case "tool_called":
      case "tool_returned":
        noteTool(running.tools, fact);
        break;
      case "tokens_used":
        running.inputTokens += fact.data.input;
        running.outputTokens += fact.data.output;
        break;
      case "agent_chosen":
        running.agent = fact.data.name;
        break;
      case "provider_retried":
        running.retries.push(fact.data.reason);
        break;
    }
  }
}

/** Takes a tool's call or its result into a list of calls. */
export function noteTool(
  tools: ToolRecord[],
  fact: Extract<FactEntry, { kind: "tool_called" | "tool_returned" }>,
): void {
  if (fact.kind === "tool_called") noteCall(tools, fact.data);
  else noteResult(tools, fact.data);
}

export function noteCall(
  tools: ToolRecord[],
  { id, name, arguments: given }: Pick<ToolRecord, "id" | "name" | "arguments">,
): void {
  tools.push({ id, name, arguments: given, isDone: false });
}

/** @param returned the result of the newest call of this id that has not come back */
export function noteResult(
  tools: ToolRecord[],
  { id, result, failed }: { id: string; result: Json; failed?: boolean },
): void {
  const at = tools.findLastIndex((tool) => tool.id === id && !tool.isDone);
  const tool = tools[at];
  if (tool !== undefined) tools[at] = { ...tool, result, ...(failed && { failed }), isDone: true };
}

const started = (fact: Facts["turn_started"]): TurnRecord => ({
  number: fact.number,
  attempt: fact.attempt,
  reason: fact.reason,
  agent: fact.agent,
  promptId: fact.promptId,
  through: fact.through,
  startedAt: fact.at,
  firstWordAt: null,
  endedAt: null,
  outcome: null,
  failure: null,
  cause: null,
  messageIds: [],
  inputTokens: 0,
  outputTokens: 0,
  tools: [],
  retries: [],
});
