import type { Event, Interrupt, TokenUsage } from "@ag-ui/core";
import type { AgentPart } from "../agent.ts";
import type { Tool } from "../built-in/tools.ts";
import { ProviderFault } from "../provider/fault.ts";
import { readCustom } from "./custom.ts";
import { patchState } from "./state.ts";
import { ToolCalls } from "./tool-calls.ts";

/** What a run has come to. */
export interface RunResult {
  /** The service's state behind the run. */
  state: unknown;
  interrupts: readonly Interrupt[];
  /** What it has said; of more than 64 KB the beginning. */
  text: string;
}

/** Codes of a RUN_ERROR that mean: too much to do, try later. */
const OVERLOADED = /overload|rate.?limit|too.?many|capacity|429|503|529/i;
/** Longer words of a service are cut: they are for a line of a log. */
const WORDS_LENGTH = 200;
/** UTF-16 units of what a run has said that its next run is told. */
const KEPT_LENGTH = 65_536;

/**
 * Reads one run: its events become parts of the answer. Text messages of a run are messages of the answer; those of
 * subagents, reasoning and steps are the service's own business.
 */
export class Run {
  /** Calls of the protocol's own tools, to be carried out by us. */
  readonly calls: ToolCalls;
  #state: unknown;
  #interrupts: readonly Interrupt[] = [];
  #text = "";
  /** The text message that is open. */
  #message: string | undefined;
  /** What a service says that does not stream: the last message of its snapshot. */
  #snapshot = "";
  #isFinished = false;

  constructor(state: unknown, builtIn: ReadonlyMap<string, Tool>) {
    this.#state = state;
    this.calls = new ToolCalls(builtIn);
  }

  get result(): RunResult {
    return { state: this.#state, interrupts: this.#interrupts, text: this.#text };
  }

  /** @throws ProviderFault where the run fails, or ends without saying so */
  async *read(events: AsyncIterable<Event>): AsyncGenerator<AgentPart> {
    for await (const event of events) {
      yield* this.#take(event);
      if (this.#isFinished) break;
    }
    if (!this.#isFinished) throw new ProviderFault("passing", "the agent service broke off its run");
    if (this.#text === "" && this.#snapshot !== "") yield* this.#say(undefined, this.#snapshot);
    for (const { message } of this.#interrupts)
      if (message && this.#text === "") yield* this.#say(undefined, message);
  }

  *#take(event: Event): Generator<AgentPart> {
    if ("subagentRunId" in event && event.subagentRunId !== undefined) return;
    switch (event.type) {
      case "TEXT_MESSAGE_CONTENT":
        yield* this.#say(event.messageId, event.delta);
        break;
      case "TEXT_MESSAGE_CHUNK":
        yield* this.#say(event.messageId ?? this.#message, event.delta ?? "");
        break;
      case "TOOL_CALL_START":
      case "TOOL_CALL_ARGS":
      case "TOOL_CALL_END":
      case "TOOL_CALL_CHUNK":
      case "TOOL_CALL_RESULT":
        yield* this.calls.take(event);
        break;
      case "STATE_SNAPSHOT":
        this.#state = event.snapshot;
        break;
      case "STATE_DELTA":
        this.#state = patchState(this.#state, event.delta);
        break;
      case "MESSAGES_SNAPSHOT": {
        const last = event.messages.at(-1);
        this.#snapshot = last?.role === "assistant" ? (last.content ?? "") : "";
        break;
      }
      case "CUSTOM": {
        const part = readCustom(event.name, event.value);
        if (part?.type === "handoff" || part?.type === "end") this.calls.endWith(part);
        else if (part !== null) yield part;
        break;
      }
      case "RUN_ERROR": {
        yield* usageParts(event.usage);
        const kind = OVERLOADED.test(event.code ?? "") ? "overloaded" : "passing";
        throw new ProviderFault(kind, `the run failed: ${event.message.slice(0, WORDS_LENGTH)}`);
      }
      case "RUN_FINISHED":
        yield* this.calls.close();
        yield* usageParts(event.usage);
        this.#finish(event.outcome);
        break;
      default:
    }
  }

  #finish(outcome: Extract<Event, { type: "RUN_FINISHED" }>["outcome"]): void {
    if (outcome?.type === "cancelled")
      throw new ProviderFault("final", "the agent service cancelled its run");
    this.#interrupts = outcome?.type === "interrupt" ? outcome.interrupts : [];
    this.#isFinished = true;
  }

  *#say(message: string | undefined, text: string): Generator<AgentPart> {
    if (text === "") return;
    if (this.#text !== "" && message !== this.#message) yield { type: "message_end" };
    this.#message = message;
    if (this.#text.length < KEPT_LENGTH) this.#text += text.slice(0, KEPT_LENGTH);
    yield { type: "text", text };
  }
}

function* usageParts(usage: readonly TokenUsage[] = []): Generator<AgentPart> {
  for (const { inputTokens, outputTokens } of usage) {
    yield {
      type: "usage",
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
    };
  }
}
