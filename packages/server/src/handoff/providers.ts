import type { Logger } from "../logger.ts";
import {
  type HandoffName,
  type HandoffNews,
  type HandoffProvider,
  type HandoffRequest,
  NobodyThere,
} from "./provider.ts";

/** Whether a queue takes somebody more right now. */
export interface Admission {
  /** Rejects with `NobodyThere` where it does not. */
  admit(queue: string | null): Promise<void>;
}

/** All providers, by the name that handoffs carry. */
export class Providers {
  readonly #providers: ReadonlyMap<string, HandoffProvider>;
  readonly #admission: Admission;
  readonly #logger: Logger;

  constructor(providers: Readonly<Record<string, HandoffProvider>>, admission: Admission, logger: Logger) {
    this.#providers = new Map(Object.entries(providers));
    this.#admission = admission;
    this.#logger = logger;
  }

  /** Asks the provider that the handoff names. What fails before anybody has taken it has failed for its user. */
  async request(request: HandoffRequest): Promise<void> {
    const { provider: name, queue, stage } = request.handoff;
    const provider = this.#providers.get(name);
    if (provider === undefined) throw new NobodyThere("Nobody is available to take over any more.");
    if (stage === "requested") await this.#admission.admit(queue);
    await provider.request(request);
  }

  /** What fails here must not stop the conversation. */
  tell(provider: string, name: HandoffName, news: HandoffNews): void {
    try {
      this.#providers.get(provider)?.tell(name, news);
    } catch (error) {
      this.#logger.error(
        { session: name.session, handoff: name.id, provider, error },
        "a provider failed at news",
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#providers.values()].map(async (one) => one[Symbol.asyncDispose]?.()));
  }
}
