import { LIMITS, type ServerEvent } from "@parley/protocol";
import type { SessionInfo } from "../agents/agent.ts";
import type { ContextValues } from "../conversation/facts.ts";
import type { HandoffRecord } from "../conversation/handoff.ts";
import type { HandoffName, HandoffRequest, Presence } from "../handoff/provider.ts";
import type { Journal } from "../journal/journal.ts";
import { EMPTY_GLANCE, type Glance, glanceBehind } from "./glance.ts";

/** What the desk knows of a conversation that it was asked to take over, beside who has it. */
export class Conversation {
  readonly name: HandoffName;
  readonly session: SessionInfo;
  readonly verified: ContextValues | null;
  handoff: HandoffRecord;
  #presence: Presence;
  #presenceSince: number;
  isTyping = false;
  /** The place in the line that the user was told last. */
  toldPosition: number | null = null;
  readonly #journal: Pick<Journal, "find" | "events">;
  #key: number | null = null;
  #glance: Glance = EMPTY_GLANCE;
  #through = 0;
  #reading: Promise<void> | null = null;
  /** The last thing that is being done with it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(request: HandoffRequest, journal: Pick<Journal, "find" | "events">, now: number) {
    const { handoff, session, verified, presence } = request;
    this.name = { id: handoff.id, session: session.id };
    this.handoff = handoff;
    this.session = session;
    this.verified = verified;
    this.#presence = presence;
    this.#presenceSince = now;
    this.#journal = journal;
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** Milliseconds since 1970. */
  get presenceSince(): number {
    return this.#presenceSince;
  }

  is(presence: Presence, now: number): void {
    if (presence === this.#presence) return;
    this.#presence = presence;
    this.#presenceSince = now;
  }

  get glance(): Glance {
    return this.#glance;
  }

  /** What the person must be able to do: `skills` of the handed-over context, a list of texts. */
  get skills(): string[] {
    const skills = this.handoff.context?.skills;
    return Array.isArray(skills) ? skills.filter((skill) => typeof skill === "string") : [];
  }

  /** What users are called, as far as anybody knows: verified wins over claimed. */
  get userName(): string | null {
    return nameIn(this.verified) ?? nameIn(this.session.attributes);
  }

  /** Does things with it one after the other, whatever became of those before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Reads what the journal has up to a sequence. Resolves when the glance is that far. */
  async readTo(through: number): Promise<void> {
    this.#through = Math.max(this.#through, through);
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    this.#key ??= (await this.#journal.find(this.name.session))?.key ?? null;
    if (this.#key === null) return;
    for (;;) {
      const page = { after: this.#glance.sequence, events: LIMITS.batchEvents, bytes: LIMITS.batchBytes };
      const events = await this.#journal.events(this.#key, page);
      for (const { data } of events) {
        this.#glance = glanceBehind(this.#glance, JSON.parse(data) as ServerEvent);
      }
      if (events.length === 0 || this.#glance.sequence >= this.#through) return;
    }
  }
}

/** The usual names of a name. */
const NAME_KEYS = ["name", "full_name", "display_name", "user_name"];

function nameIn(values: Readonly<Record<string, unknown>> | null): string | null {
  const name = NAME_KEYS.map((key) => values?.[key]).find(
    (value) => typeof value === "string" && value !== "",
  );
  return typeof name === "string" ? name.slice(0, 100) : null;
}
