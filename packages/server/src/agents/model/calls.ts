import type { AgentPart } from "../agent.ts";
import { ProviderFault } from "../provider/fault.ts";
import { toOutput } from "./messages.ts";
import { type RunOptions, runTool, type ToolOutcome } from "./run-tool.ts";
import type { ModelMessage } from "./sdk.ts";
import type { Call } from "./step.ts";
import type { Toolbox } from "./toolbox.ts";

/** What came of the calls of one step. */
export interface Called {
  /** For the model's next request. */
  message: ModelMessage;
  /** A handoff or an end: the last part of the answer. */
  last: AgentPart | null;
  /** Whether all of them only go with text that was said, so that nothing need be said after them. */
  isBeside: boolean;
}

/** A model is told so often in one turn that it calls what is not there, or with arguments that are not valid. */
const TOLD_OF_FAULTS = 1;

/** Carries out what the model calls, step by step of one turn. */
export class Calls {
  readonly #toolbox: Toolbox;
  readonly #ids: Set<string>;
  #faults = 0;

  /** @param ids those of earlier attempts at this answer */
  constructor(toolbox: Toolbox, ids: Iterable<string>) {
    this.#toolbox = toolbox;
    this.#ids = new Set(ids);
  }

  /**
   * Every call is noted before it is made, and its result before the model hears of it. The user's tools run side by
   * side.
   *
   * @throws ProviderFault where the model goes on calling what cannot be called
   */
  async *make(calls: readonly Call[], options: RunOptions): AsyncGenerator<AgentPart, Called> {
    const outcomes = new Map<Call, ToolOutcome>();
    const own: { call: Call; id: string }[] = [];
    let last: AgentPart | null = null;
    let isBeside = true;
    for (const call of calls) {
      if (call.fault !== null) {
        yield this.#tell(call);
        outcomes.set(call, { result: call.fault, failed: true });
        isBeside = false;
        continue;
      }
      const id = this.#newId(call.id);
      yield { type: "tool_call", id, name: call.name, arguments: call.arguments };
      const builtIn = this.#toolbox.builtIn.get(call.name);
      if (builtIn === undefined) {
        own.push({ call, id });
        continue;
      }
      const { parts, result, failed } = builtIn.perform(call.arguments);
      yield { type: "tool_result", id, result, ...(failed && { failed }) };
      outcomes.set(call, { result, failed });
      if (failed || builtIn.place !== "beside") isBeside = false;
      if (builtIn.place === "last") last ??= parts[0] ?? null;
      else yield* parts;
    }
    for await (const { call, id, outcome } of this.#runAll(own, options)) {
      yield { type: "tool_result", id, ...outcome };
      outcomes.set(call, outcome);
      isBeside = false;
    }
    return { message: resultMessage(calls, outcomes), last, isBeside };
  }

  #tell(call: Call): AgentPart {
    this.#faults += 1;
    const what = `the model called ${call.name}, which it cannot`;
    if (this.#faults > TOLD_OF_FAULTS) throw new ProviderFault("final", `${what}, after it was told so`);
    return { type: "retried", reason: `${what}: ${call.fault}` };
  }

  /** Some services count the calls of each answer from 0; here an id is new for each call of a turn. */
  #newId(id: string): string {
    let free = id || "call";
    for (let n = 2; this.#ids.has(free); n += 1) free = `${id}-${n}`;
    this.#ids.add(free);
    return free;
  }

  /** Results as they come, the quickest first. */
  async *#runAll(own: readonly { call: Call; id: string }[], options: RunOptions) {
    const running = new Map(
      own.map(({ call, id }) => [
        id,
        runTool(this.#toolbox.own[call.name], call, id, options).then((outcome) => ({
          call,
          id,
          outcome,
        })),
      ]),
    );
    // Only an abort rejects, and the race below meets the first of them.
    for (const run of running.values()) run.catch(() => {});
    while (running.size > 0) {
      const done = await Promise.race(running.values());
      running.delete(done.id);
      yield done;
    }
  }
}

/** In the order of the calls, by the provider's own ids. */
function resultMessage(calls: readonly Call[], outcomes: ReadonlyMap<Call, ToolOutcome>): ModelMessage {
  return {
    role: "tool",
    content: calls.map((call) => {
      const { result, failed } = outcomes.get(call) ?? { result: null, failed: true };
      return {
        type: "tool-result",
        toolCallId: call.id,
        toolName: call.name,
        output: toOutput(result, failed),
      };
    }),
  };
}
