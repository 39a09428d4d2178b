import { type Clock, systemClock } from "../../clock.ts";
import type { Agent, AgentPart, Turn } from "../agent.ts";
import { resume } from "../built-in/resume.ts";
import { askAgain } from "../provider/ask-again.ts";
import { ProviderFault } from "../provider/fault.ts";
import { readStory, type Story, withinBudget } from "../story.ts";
import { Calls } from "./calls.ts";
import { McpServers } from "./mcp.ts";
import { addKnownTools, addQuestion, historyMessages } from "./messages.ts";
import { type CompleteOptions, completeOptions, type ModelAgentOptions } from "./options.ts";
import { systemPrompt } from "./prompt.ts";
import { modelFault, openProvider, type Provider } from "./provider.ts";
import type { ModelMessage } from "./sdk.ts";
import { askModel, type Step } from "./step.ts";
import { openToolbox, type Toolbox } from "./toolbox.ts";

/**
 * An agent that a language model speaks for, through the AI SDK: docs/agents-model.md. Its text streams from the first
 * token, its tools are noted before they run, and a second attempt goes on where the first stopped.
 *
 * Disposing of it closes its MCP servers; the server does so when it stops.
 *
 * @throws TypeError where an option is wrong, with its key and never with its value
 */
export function modelAgent(options: ModelAgentOptions, clock: Clock = systemClock): Agent & AsyncDisposable {
  return new ModelAgent(completeOptions(options), clock);
}

class ModelAgent implements Agent, AsyncDisposable {
  readonly name: string;
  readonly avatarUrl: string;
  readonly #options: CompleteOptions;
  readonly #clock: Clock;
  readonly #mcp: McpServers;
  #provider: Promise<Provider> | undefined;

  constructor(options: CompleteOptions, clock: Clock) {
    this.name = options.name;
    this.avatarUrl = options.avatarUrl;
    this.#options = options;
    this.#clock = clock;
    this.#mcp = new McpServers(options.mcp ?? {}, clock);
  }

  async *respond(turn: Turn, signal: AbortSignal): AsyncGenerator<AgentPart> {
    signal.throwIfAborted();
    if (turn.reason === "greeting" && !this.#options.greets) {
      // The user is about to write: the first answer does not wait for the SDK.
      void this.#open().catch(() => {});
      return;
    }
    const [provider, toolbox, events] = await Promise.all([
      this.#open(),
      openToolbox(this.#options, this.#mcp, turn),
      turn.transcript(),
    ]);
    for (const reason of toolbox.missing) yield { type: "retried", reason };
    const story = readStory(events, turn);
    const resumed = resume(turn, toolbox.builtIn, story.answer);
    yield* resumed.parts;
    if (resumed.last !== null) yield resumed.last;
    else yield* this.#converse({ ...turn, tools: resumed.tools }, signal, { provider, toolbox, story });
  }

  #open(): Promise<Provider> {
    this.#provider ??= openProvider(this.#options).catch((error) => {
      this.#provider = undefined;
      throw error;
    });
    return this.#provider;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mcp.close();
  }

  /** Asks the model, calls what it wants called, and asks again, until it has nothing more to call. */
  async *#converse(
    turn: Turn,
    signal: AbortSignal,
    { provider, toolbox, story }: { provider: Provider; toolbox: Toolbox; story: Story },
  ): AsyncGenerator<AgentPart> {
    const { maxSteps, toolSeconds, toolResultBytes } = this.#options;
    const system = systemPrompt({ instructions: await this.#instructions(turn), name: this.name, turn });
    const messages = this.#messages(turn, story, toolbox);
    const calls = new Calls(
      toolbox,
      turn.tools.map(({ id }) => id),
    );
    /** The end of what earlier steps have said. */
    let said = "";
    for (let asked = 1; asked <= maxSteps; asked += 1) {
      const mayCall = asked < maxSteps;
      let step: Step | undefined;
      let text = "";
      for await (const part of this.#ask(provider, { system, messages, toolbox, mayCall, signal })) {
        if (part.type === "step") {
          step = part.step;
        } else if (part.type === "text") {
          // A model begins anew behind a call, without a blank.
          if (text === "" && /\S$/.test(said)) yield { type: "text", text: "\n\n" };
          text = part.text;
          yield part;
        } else {
          yield part;
        }
      }
      if (step === undefined) throw new ProviderFault("passing", "the model's provider gave no answer");
      yield { type: "usage", ...step.usage };
      if (step.calls.length === 0 || !mayCall) return;
      const called = yield* calls.make(step.calls, {
        clock: this.#clock,
        signal,
        messages,
        timeoutMs: toolSeconds * 1_000,
        resultBytes: toolResultBytes,
      });
      if (called.last !== null) {
        yield called.last;
        return;
      }
      if (called.isBeside && text !== "") return;
      messages.push(...step.messages, called.message);
      said = text || said;
    }
  }

  #ask(
    provider: Provider,
    ask: {
      system: string;
      messages: ModelMessage[];
      toolbox: Toolbox;
      mayCall: boolean;
      signal: AbortSignal;
    },
  ) {
    const { toolbox, ...rest } = ask;
    const { key, settings } = this.#options;
    return askAgain(() => askModel({ ...rest, provider, tools: toolbox.all, settings }), {
      clock: this.#clock,
      signal: ask.signal,
      toFault: modelFault(provider.sdk, key, this.#clock),
    });
  }

  #messages(turn: Turn, story: Story, toolbox: Toolbox): ModelMessage[] {
    const { transcriptTokens, countTokens } = this.#options;
    const texts = turn.messages.map(({ text }) => text);
    const own = texts.reduce((sum, text) => sum + countTokens(text), 0);
    const messages = historyMessages(
      withinBudget(story.before, transcriptTokens - own, countTokens),
      toolbox.builtIn,
    );
    addQuestion(messages, texts);
    addKnownTools(messages, turn.tools);
    return messages;
  }

  async #instructions(turn: Turn): Promise<string> {
    const { instructions = "" } = this.#options;
    return typeof instructions === "function" ? await instructions(turn) : instructions;
  }
}
