import { Conversation, type Notice, type ServerEvent, type Snapshot, TIMINGS } from "@parley/client";
import type { Inspector } from "./inspector.ts";
import { Remembered } from "./remembered.ts";

/** The connector of a server that has no configuration. */
export const TOKEN = "demo";

/** A first reconnect takes at least a second: somebody who drops the connection wants to see it come back. */
const RECONNECT = {
  timings: { ...TIMINGS, backoffFirst: 2_000, backoffLast: 15_000 },
  random: () => (1 + Math.random()) / 2,
};

/** What the server said beside the conversation, and which item it stands behind. */
export interface KeptNotice extends Notice {
  readonly behind: string | null;
}

/** Everything that is shown of the conversation. */
export interface Shown extends Snapshot {
  /** All there were, oldest first; the snapshot itself has the last one alone. */
  readonly notices: readonly KeptNotice[];
}

export interface TalkHandlers {
  changed(): void;
  /** @param isOld it was said before the page was loaded */
  heard(event: ServerEvent, isOld: boolean): void;
  opened(): void;
  /** @param code of the close, or null where the client gave the socket up */
  dropped(code: number | null): void;
}

/** The conversation of this page, and the next one in its place. */
export class Talk {
  readonly remembered = new Remembered();
  readonly #inspector: Inspector;
  readonly #handlers: TalkHandlers;
  #chat: Conversation;
  #notices: readonly KeptNotice[] = [];

  constructor(inspector: Inspector, handlers: TalkHandlers) {
    this.#inspector = inspector;
    this.#handlers = handlers;
    this.#chat = this.#begin();
  }

  get chat(): Conversation {
    return this.#chat;
  }

  get shown(): Shown {
    return { ...this.#chat.getSnapshot(), notices: this.#notices };
  }

  /** Leaves this conversation for a new one; the old one is told to end, if it can hear it. */
  renew(): void {
    this.#chat.connection.send("EVENT_TYPE_USER_END_SESSION", {});
    this.#chat.stop();
    this.remembered.forgetConversation();
    this.#notices = [];
    this.#chat = this.#begin();
    this.#chat.start();
  }

  #begin(): Conversation {
    const chat = new Conversation({
      url: location.origin,
      connectorToken: TOKEN,
      streaming: this.remembered.isStreaming,
      storage: this.remembered,
      storageKey: "conversation",
      environment: { ...this.#inspector.environment, ...RECONNECT },
    });
    let isReloaded = this.remembered.load("conversation") !== null;
    const { connection } = chat;
    const whileShown =
      <Values extends unknown[]>(tell: (...values: Values) => void) =>
      (...values: Values) => {
        if (chat === this.#chat) tell(...values);
      };
    chat.subscribe(whileShown(() => this.#changed()));
    connection.on(
      "event",
      whileShown((event) => this.#handlers.heard(event, isReloaded && this.#inspector.isReplay)),
    );
    connection.on(
      "session",
      whileShown((session) => {
        if (session === null) this.#notices = [];
      }),
    );
    connection.on(
      "open",
      whileShown(() => this.#handlers.opened()),
    );
    connection.on(
      "drop",
      whileShown((code) => {
        isReloaded = false;
        this.#handlers.dropped(code);
      }),
    );
    return chat;
  }

  #changed(): void {
    const { notice, timeline } = this.#chat.getSnapshot();
    if (notice !== null && !this.#notices.some(({ id }) => id === notice.id)) {
      const behind =
        timeline.findLast((item) => item.kind === "event" || item.state !== "sending")?.id ?? null;
      this.#notices = [...this.#notices, { ...notice, behind }];
    }
    this.#handlers.changed();
  }
}
