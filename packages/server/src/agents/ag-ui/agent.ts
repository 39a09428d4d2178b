import { isDeepStrictEqual } from "node:util";
import type { RunAgentInput } from "@ag-ui/core";
import { type Clock, systemClock } from "../../clock.ts";
import type { Agent, AgentPart, Turn } from "../agent.ts";
import { resume } from "../built-in/resume.ts";
import { builtInTools, type Tool } from "../built-in/tools.ts";
import { askAgain } from "../provider/ask-again.ts";
import { ProviderFault } from "../provider/fault.ts";
import { readStory } from "../story.ts";
import { requestRun } from "./connection.ts";
import { runInput } from "./input.ts";
import { memoryWith, readThread } from "./memory.ts";
import { type AgUiAgentOptions, type CompleteOptions, completeOptions } from "./options.ts";
import { Run } from "./run.ts";

/** Runs of one turn: each after the first tells the service what came of the protocol's own tools. */
const MAX_RUNS = 5;

/**
 * An agent that another service runs, in any framework and language, reached by AG-UI over HTTP: docs/agents-ag-ui.md.
 * The session is the thread. A run that fails before it gave anything is asked for again, under the same id; nobody
 * listening closes the request, which cancels the run.
 *
 * @throws TypeError where an option is wrong, with its key and never with its value
 */
export function agUiAgent(options: AgUiAgentOptions, clock: Clock = systemClock): Agent {
  const complete = completeOptions(options);
  return {
    name: complete.name,
    avatarUrl: complete.avatarUrl,
    respond: (turn, signal) => respond(turn, signal, complete, clock),
  };
}

async function* respond(
  turn: Turn,
  signal: AbortSignal,
  options: CompleteOptions,
  clock: Clock,
): AsyncGenerator<AgentPart> {
  signal.throwIfAborted();
  if (turn.reason === "greeting" && !options.greets) return;
  const builtIn = builtInTools(options.builtIn, options.handoff);
  const story = readStory(await turn.transcript(), turn);
  const resumed = resume(turn, builtIn, story.answer);
  yield* resumed.parts;
  if (resumed.last !== null) {
    yield resumed.last;
    return;
  }
  const thread = readThread(turn.memory, options.name);
  let remembered = turn.memory;
  let input = runInput({ ...turn, tools: resumed.tools }, thread, story, builtIn, options);
  for (let runs = 1; runs <= MAX_RUNS; runs += 1) {
    const { calls, result } = yield* run(turn, input, builtIn, signal, options, clock);
    const isAsked = result.interrupts.length > 0;
    // What only the user can answer stays open while they have written nothing.
    const interrupts = isAsked || turn.messages.length > 0 ? result.interrupts : thread.interrupts;
    const values = memoryWith(turn.memory, options.name, { state: result.state, interrupts });
    if (!isDeepStrictEqual(values, remembered)) yield { type: "memory", values };
    remembered = values;
    if (calls.last !== null) {
      yield calls.last;
      return;
    }
    const told = calls.messages(`${input.runId}-calls`, result.text);
    // A service that keeps the thread waits for the results; to one that does not there is nothing more to say.
    const isDone = told.length === 0 || (calls.isBeside && result.text !== "" && options.history === "all");
    if (isDone || isAsked) return;
    if (result.text !== "") yield { type: "message_end" };
    const { resume: _, ...rest } = input;
    input = {
      ...rest,
      runId: `${turn.session.id}-${turn.number}-${runs + 1}`,
      state: result.state,
      messages: options.history === "new" ? told : [...input.messages, ...told],
    };
  }
  throw new ProviderFault("final", `the agent service called tools in ${MAX_RUNS} runs`);
}

/** One run, asked for again where it fails before it gives anything. */
async function* run(
  turn: Turn,
  input: RunAgentInput,
  builtIn: ReadonlyMap<string, Tool>,
  signal: AbortSignal,
  { url, headers, startSeconds, silenceSeconds }: CompleteOptions,
  clock: Clock,
): AsyncGenerator<AgentPart, Run> {
  const sent = typeof headers === "function" ? await headers(turn) : headers;
  const times = { startMs: startSeconds * 1_000, silenceMs: silenceSeconds * 1_000 };
  let reader = new Run(input.state, builtIn);
  const ask = () => {
    reader = new Run(input.state, builtIn);
    return reader.read(requestRun({ url, headers: sent, input, clock, ...times, signal }));
  };
  const toFault = (error: unknown) =>
    error instanceof ProviderFault ? error : new ProviderFault("final", String(error), { cause: error });
  yield* askAgain(ask, { clock, signal, toFault });
  return reader;
}
