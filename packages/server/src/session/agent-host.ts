import { type Agent, type AgentSource, isAgent, type SessionInfo } from "../agents/agent.ts";
import type { Clock } from "../clock.ts";

/** A factory that is silent for longer has failed: the user waits for the greeting. */
const BUILD_MS = 10_000;

/** One session's agent, built when it is first needed. A failure is not remembered: the next need builds anew. */
export class AgentHost {
  readonly #source: AgentSource;
  readonly #session: SessionInfo;
  readonly #clock: Clock;
  #agent: Promise<Agent> | undefined;

  constructor(source: AgentSource, session: SessionInfo, clock: Clock) {
    this.#source = source;
    this.#session = session;
    this.#clock = clock;
  }

  /** Rejects when no agent can be built. */
  agent(): Promise<Agent> {
    if (this.#agent !== undefined) return this.#agent;
    const building = this.#build().catch((error) => {
      if (this.#agent === building) this.#agent = undefined;
      throw error;
    });
    this.#agent = building;
    return building;
  }

  /** The next need builds anew. */
  forget(): void {
    this.#agent = undefined;
  }

  async #build(): Promise<Agent> {
    if (typeof this.#source !== "function") return this.#source;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = this.#clock.after(BUILD_MS, () => reject(new Error(`no agent after ${BUILD_MS} ms`)));
    try {
      const built: unknown = await Promise.race([this.#source(this.#session), late]);
      if (!isAgent(built))
        throw new TypeError("what was made is no agent: name, avatarUrl or respond is missing");
      return built;
    } finally {
      timer.cancel();
    }
  }
}
