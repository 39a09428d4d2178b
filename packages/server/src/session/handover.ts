import { EVENT, type Payloads, type ServerEvent, type SingleEventType, TYPING_STATE } from "@parley/protocol";
import type { SessionInfo } from "../agents/agent.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Command } from "../conversation/commands.ts";
import type { Effect } from "../conversation/effects.ts";
import type { Entry } from "../conversation/entries.ts";
import { HANDOFF_TEXTS } from "../conversation/handoffs.ts";
import type { Conversation } from "../conversation/state.ts";
import { type HandoffNews, NobodyThere, type Presence } from "../handoff/provider.ts";
import type { Providers } from "../handoff/providers.ts";
import type { Logger } from "../logger.ts";

/** A user without a socket for longer is gone, milliseconds: shipped clients come back within 30 s. */
export const GONE_MS = 30_000;
/**
 * Typing that is not renewed has stopped, milliseconds, on either side: whoever was typing may have vanished. Clients
 * renew theirs every few seconds.
 */
export const TYPING_MS = 10_000;

export interface HandoverHost {
  readonly info: SessionInfo;
  readonly state: Conversation;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly providers: Providers;
  /** How many sockets the user has. */
  readonly sockets: number;
  report(command: Command): void;
  /** Sends a transient event to every socket, also where the end is on its way to the disk. */
  announce(event: ServerEvent): void;
  transient<Type extends SingleEventType>(type: Type, payload: Payloads[Type]): ServerEvent;
}

/** What a session does for a handoff that is open: asks the provider, keeps its time, and passes on what is in no journal. */
export class Handover {
  readonly #host: HandoverHost;
  #open: { id: string; provider: string } | null = null;
  #presence: Presence = "there";
  #gone: Timer | undefined;
  #overdue: Timer | undefined;
  /** The id of the person who is typing. */
  #typing: string | null = null;
  #typingEnds: Timer | undefined;
  #userTypes: Timer | undefined;

  constructor(host: HandoverHost) {
    this.#host = host;
  }

  /** Whether a provider has been asked, and is to be told what happens. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** The request is on disk, or was found there after a start. */
  request({ handoff, verified }: Extract<Effect, { kind: "request_handoff" }>): void {
    const { info: session, logger, providers } = this.#host;
    const { id, provider } = handoff;
    this.#open = { id, provider };
    this.#presence = this.#host.sockets > 0 ? "there" : "reconnecting";
    if (this.#presence !== "there") this.#goneLater();
    const request = { handoff, session, verified, presence: this.#presence };
    providers.request(request).catch((error) => {
      if (!(error instanceof NobodyThere)) {
        logger.error(
          { session: session.id, handoff: id, provider, error },
          "a handoff could not be requested",
        );
      }
      const reason = error instanceof NobodyThere ? error.message : HANDOFF_TEXTS.failed;
      this.#host.report({ kind: "handoff", handoff: id, key: null, command: { kind: "fail", reason } });
    });
  }

  /** @param until milliseconds since 1970, also after a start; null: nobody is waited for any more */
  await(until: number | null): void {
    this.#overdue?.cancel();
    const { clock } = this.#host;
    const { handoff } = this.#host.state;
    if (until === null || handoff === null) return;
    this.#overdue = clock.after(until - clock.now(), () => {
      // The time of day may have been set back meanwhile.
      if (clock.now() < until) this.await(until);
      else this.#host.report({ kind: "handoff_overdue", handoff: handoff.id });
    });
  }

  /** The provider learns how it ended, and nothing more. */
  end({ provider, handoff, news }: Extract<Effect, { kind: "tell_provider" }>): void {
    if (this.#open?.id === handoff) {
      this.#open = null;
      this.stop();
    }
    this.#host.providers.tell(provider, { id: handoff, session: this.#host.info.id }, news);
  }

  /** Events are on disk. */
  committed(sequence: number): void {
    this.#tell({ kind: "events", through: sequence });
  }

  /** A socket has come or gone. */
  socketsChanged(): void {
    if (this.#open === null) return;
    if (this.#host.sockets > 0) {
      this.#gone?.cancel();
      this.#is("there");
    } else if (this.#presence === "there") {
      this.#userStopsTyping();
      this.#is("reconnecting");
      this.#goneLater();
    }
  }

  userTypes(state: (typeof TYPING_STATE)[keyof typeof TYPING_STATE]): void {
    if (this.#open === null) return;
    if (state === TYPING_STATE.stopped) {
      this.#userStopsTyping();
      return;
    }
    if (this.#userTypes === undefined) this.#tell({ kind: "typing", state });
    this.#userTypes?.cancel();
    this.#userTypes = this.#host.clock.after(TYPING_MS, () => this.#userStopsTyping());
  }

  /** The person who has the word writes, or has stopped. The user hears of changes alone. */
  type(isTyping: boolean): void {
    const { person } = this.#host.state.handoff ?? {};
    if (!isTyping || person == null) {
      this.stopTyping();
      return;
    }
    if (this.#typing !== person.id) {
      this.stopTyping();
      this.#typing = person.id;
      this.#tellTyping(TYPING_STATE.started, person.id);
    }
    this.#typingEnds?.cancel();
    this.#typingEnds = this.#host.clock.after(TYPING_MS, () => this.stopTyping());
  }

  /** Every start is followed by a stop, whatever became of the person [protocol section 5]. */
  stopTyping(): void {
    this.#typingEnds?.cancel();
    if (this.#typing === null) return;
    const person = this.#typing;
    this.#typing = null;
    this.#tellTyping(TYPING_STATE.stopped, person);
  }

  /**
   * Whether the person types right now, for a socket that has had its replay: it may have missed the stop as well as the
   * start.
   */
  present(): ServerEvent[] {
    const { speaker, handoff, ended } = this.#host.state;
    if (speaker !== "person" || ended !== null) return [];
    const agent_id = handoff?.person?.id ?? "";
    const state = this.#typing === agent_id ? TYPING_STATE.started : TYPING_STATE.stopped;
    return [this.#host.transient(EVENT.LIVE_AGENT_TYPING, { state, agent_id })];
  }

  /** Out of memory: timers stop, and nobody is told. */
  stop(): void {
    for (const timer of [this.#gone, this.#overdue, this.#typingEnds, this.#userTypes]) timer?.cancel();
    this.#userTypes = undefined;
  }

  #tell(news: HandoffNews): void {
    const open = this.#open;
    if (open === null) return;
    this.#host.providers.tell(open.provider, { id: open.id, session: this.#host.info.id }, news);
  }

  #tellTyping(state: (typeof TYPING_STATE)[keyof typeof TYPING_STATE], agent_id: string): void {
    this.#host.announce(this.#host.transient(EVENT.LIVE_AGENT_TYPING, { state, agent_id }));
  }

  #userStopsTyping(): void {
    this.#userTypes?.cancel();
    if (this.#userTypes === undefined) return;
    this.#userTypes = undefined;
    this.#tell({ kind: "typing", state: TYPING_STATE.stopped });
  }

  #is(presence: Presence): void {
    if (presence === this.#presence) return;
    this.#presence = presence;
    this.#tell({ kind: "presence", presence });
  }

  #goneLater(): void {
    this.#gone?.cancel();
    this.#gone = this.#host.clock.after(GONE_MS, () => this.#is("gone"));
  }
}

const FLOOR: ReadonlySet<string> = new Set(["handoff_transferred", "handoff_ended"]);

/** Whether what the person was typing is said, or the word is taken from them. */
export const endsTyping = (entries: readonly Entry[]): boolean =>
  entries.some((entry) =>
    entry.kind === "event" ? entry.event.type === EVENT.LIVE_AGENT_MESSAGE : FLOOR.has(entry.kind),
  );
