import { setImmediate } from "node:timers/promises";
import { expect } from "vitest";
import type { AgentPart, Turn } from "../agents/agent.ts";
import { type AnswerLimits, answer } from "../agents/answer.ts";
import type { AgentCommand } from "../conversation/agent-commands.ts";
import type { Logger } from "../logger.ts";
import { ManualClock } from "./manual-clock.ts";
import { makeTurn } from "./turn.ts";

/** Those of the protocol. */
export const limits: AnswerLimits = { firstWordMs: 60_000, betweenWordsMs: 30_000, wholeAnswerMs: 600_000 };
/** A part of text. */
export const text = (given: string): AgentPart => ({ type: "text", text: given });
/** What comes of it. */
export const done = { kind: "agent_done", turn: 7 };
export const failed = (more: { overloaded?: boolean; spoke?: boolean } = {}) => ({
  kind: "agent_failed",
  turn: 7,
  overloaded: false,
  spoke: false,
  cause: expect.any(String),
  ...more,
});
export const chunk = (given: string) => ({ kind: "agent_chunk", turn: 7, text: given });
export const message = (given: string, more: object = {}) => ({
  kind: "agent_message",
  turn: 7,
  text: given,
  attachments: [],
  suggestions: [],
  callActions: [],
  ...more,
});

/** What an agent does, given whatever it likes to yield. */
export type Respond = (signal: AbortSignal) => AsyncIterable<unknown>;

export interface StageOptions {
  streaming?: boolean;
  emitFails?: boolean;
  turn?: Partial<Turn>;
}

/** Runs an agent's answer and keeps what comes of it. */
export class Stage {
  readonly clock = new ManualClock();
  readonly stop = new AbortController();
  readonly emitted: (readonly AgentCommand[])[] = [];
  readonly logged: string[] = [];
  readonly ended: Promise<void>;
  agentSignal: AbortSignal | undefined;
  hasEnded = false;
  /** Commits wait while it is set. */
  gate: Promise<void> | undefined;
  committing = 0;

  constructor(respond: Respond, { streaming = true, emitFails = false, turn = {} }: StageOptions = {}) {
    const log = (fields: object, line: string) => {
      this.logged.push(`${line}: ${JSON.stringify(fields)}`);
    };
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    this.ended = answer({
      agent: {
        name: "Ada",
        avatarUrl: "",
        respond: (_turn, signal) => {
          this.agentSignal = signal;
          return respond(signal) as AsyncIterable<AgentPart>;
        },
      },
      turn: makeTurn({ streaming, ...turn }),
      streaming,
      limits,
      clock: this.clock,
      logger,
      signal: this.stop.signal,
      emit: async (commands) => {
        this.committing += 1;
        if (this.committing > 1) throw new Error("two commits at a time");
        await this.gate;
        if (emitFails) throw new Error("the disk is full");
        this.emitted.push(commands);
        this.committing -= 1;
      },
    }).finally(() => {
      this.hasEnded = true;
    });
    this.ended.catch(() => {});
  }

  get commands(): AgentCommand[] {
    return this.emitted.flat();
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i += 1) await setImmediate();
  }

  async pass(ms: number): Promise<void> {
    await this.settle();
    this.clock.advance(ms);
    await this.settle();
  }
}

/** Yields what it is given, and waits at each `undefined` until the test lets it go on. */
export function stepped(...parts: unknown[]) {
  const waiting: (() => void)[] = [];
  const respond: Respond = async function* () {
    for (const part of parts) {
      if (part === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      else yield part;
    }
  };
  return { respond, next: () => waiting.shift()?.() };
}

/** Has an agent yield these parts, and waits for the end of its answer. */
export async function run(parts: unknown[], options?: StageOptions): Promise<Stage> {
  const stage = new Stage(stepped(...parts).respond, options);
  await stage.ended;
  return stage;
}
