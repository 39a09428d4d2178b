import { Conversation, mintAccessToken, type Snapshot } from "@parley/client";
import type { Attributes, ContextOutcome, SentMessage, WebchatConfig } from "../api.ts";
import { type Channel, type PageMethods, webchatError } from "../channel.ts";
import type { PublicConfig } from "../config.ts";
import { Consents } from "./consent.ts";
import { News } from "./news.ts";
import { PanelStorage } from "./storage.ts";
import { vouch } from "./vouching.ts";

/** The name under which the client remembers the conversation. */
const KEY = "conversation";

export interface ChatOptions {
  config: WebchatConfig;
  settings: PublicConfig;
  /** The embedding page's origin, as the browser vouches for it: what `X-Host` carries. */
  host: string;
  page: Pick<Channel<PageMethods>, "call">;
  locale: string;
  deviceType: string;
  storage?: PanelStorage;
  /** A message of somebody else's is whole, and is news. */
  received: () => void;
  /** The conversation is another one, or the user has agreed. */
  changed: () => void;
}

/**
 * The conversation of a panel, and the next one in its place: what is done before the first word (consent, verified
 * context), and what the page is told.
 */
export class Chat {
  readonly consents: Consents;
  readonly storage: PanelStorage;
  readonly #options: ChatOptions;
  #conversation: Conversation | null = null;
  #news: News | null = null;
  #accessToken = "";
  #attributes: Attributes = {};
  /** What the session does not know of the attributes yet; goes with the next message. */
  #untold: Attributes = {};
  #told = new Set<string>();
  #locale: string;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#locale = options.locale;
    this.storage = options.storage ?? new PanelStorage(options.config.token, options.host);
    this.consents = new Consents(options.settings.disclaimer, this.storage);
  }

  /** Null until somebody wants one and may. */
  get conversation(): Conversation | null {
    return this.#conversation;
  }

  /** Whether the event or message of this id came after what an earlier page has shown. */
  readonly isNews = (id: string): boolean => this.#news?.isNews(id) ?? true;

  /** BCP-47; for sessions that follow. */
  set locale(locale: string) {
    this.#locale = locale;
  }

  /** Begins, or goes on with what is remembered; not before the user has agreed. */
  begin(): Conversation | null {
    if (this.#conversation === null && !this.consents.isNeeded) this.#enter();
    return this.#conversation;
  }

  agree(shownIn: string): void {
    this.consents.give(shownIn, new Date());
    this.begin();
    this.#options.changed();
  }

  setAttributes(attributes: Attributes): void {
    const isNew = ([key, value]: [string, unknown]) => this.#attributes[key] !== value;
    const news = Object.fromEntries(Object.entries(attributes).filter(isNew));
    this.#attributes = { ...attributes };
    if (this.#conversation) this.#untold = { ...this.#untold, ...news };
  }

  /** Says something, as the user does. */
  say(text: string): string {
    const conversation = this.#demand();
    const custom = Object.keys(this.#untold).length > 0 ? { custom: { attributes: this.#untold } } : {};
    const id = conversation.send(text, custom);
    this.#untold = {};
    return id;
  }

  /** Says something for the page. @throws WebchatError */
  async send(text: unknown): Promise<SentMessage> {
    if (typeof text !== "string" || !text.trim())
      throw webchatError("invalid_argument", "a message is a text that is not empty");
    const conversation = this.#demand();
    const id = this.say(text);
    const snapshot = await until(conversation, ({ messages }) =>
      messages.some((message) => message.id === id && message.state !== "sending"),
    );
    const message = snapshot.messages.find((one) => one.id === id);
    if (message?.state !== "sent") {
      throw webchatError(message?.error?.code ?? "network", message?.error?.message ?? "it was not sent");
    }
    return { id, text };
  }

  /** Ends the conversation. @throws WebchatError */
  async end(): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === null || conversation.getSnapshot().ended !== null)
      throw webchatError("no_session", "no conversation runs");
    conversation.end();
    await until(conversation, ({ ended }) => ended !== null);
  }

  /** Leaves this conversation for a new one. @throws WebchatError */
  async restart(): Promise<{ sessionId: string }> {
    this.leave();
    const conversation = this.#demand();
    this.#options.changed();
    const { sessionId } = await until(conversation, (snapshot) => snapshot.sessionId !== null);
    return { sessionId: sessionId ?? "" };
  }

  /** Forgets the conversation; it is told to end, if it can hear it. */
  leave(): void {
    const old = this.#conversation;
    if (old?.getSnapshot().ended === null) old.connection.send("EVENT_TYPE_USER_END_SESSION", {});
    old?.stop();
    for (const key of [KEY, `${KEY}:outbox`]) this.storage.save(key, null);
    this.#conversation = null;
  }

  async refreshContext(): Promise<ContextOutcome> {
    const snapshot = this.#conversation?.getSnapshot();
    return this.#vouch(snapshot?.sessionId ?? null, snapshot?.contextId ?? null);
  }

  /** @throws WebchatError `consent_required` */
  #demand(): Conversation {
    const conversation = this.begin();
    if (conversation === null)
      throw webchatError("consent_required", "the user has not agreed to the disclaimer yet");
    return conversation;
  }

  #enter(): void {
    const { config, host, settings, deviceType } = this.#options;
    const { url, token, platform } = config;
    const attributes = { ...this.#attributes, ...this.consents.attributes };
    this.#untold = {};
    this.#told = new Set();
    const conversation = new Conversation({
      url,
      // Asked for here, so that the context can be sent with it too.
      getToken: async ({ resume, signal }) => {
        const accessToken = await mintAccessToken({ url, connectorToken: token, host, resume, signal });
        this.#accessToken = accessToken ?? this.#accessToken;
        return accessToken;
      },
      storage: this.storage,
      storageKey: KEY,
      platform,
      deviceType,
      locale: this.#locale,
      ...(Object.keys(attributes).length > 0 && { attributes }),
      // The agent is asked for when it can know who it talks with.
      join: !settings.verifiedContext,
    });
    this.#conversation = conversation;
    const { connection } = conversation;
    connection.on("session", (session) => {
      this.#news = session && new News(this.storage, session.id);
    });
    connection.on("event", (event) => this.#news?.receive(event));
    if (settings.verifiedContext) {
      connection.on("EVENT_TYPE_SESSION_START", ({ payload }) => {
        if (connection.session?.joined) return;
        void this.#vouch(connection.session?.id ?? null, payload.context_id ?? null).then(() =>
          connection.join(),
        );
      });
    }
    conversation.subscribe(() => {
      if (conversation === this.#conversation) this.#tell(conversation.getSnapshot());
    });
    conversation.start();
  }

  async #vouch(sessionId: string | null, contextId: string | null): Promise<ContextOutcome> {
    const { page, config } = this.#options;
    const ask = (request: Parameters<PageMethods["contextToken"]>[0]) => page.call("contextToken", request);
    const outcome = await vouch({
      url: config.url,
      sessionId,
      contextId,
      accessToken: this.#accessToken,
      ask,
    });
    if (outcome.ok) void page.call("emit", "onContextSet", outcome);
    else void page.call("emit", "onContextFailed", outcome);
    return outcome;
  }

  /** Tells the page of what is new, each once. */
  #tell({ connection, ended, messages, notice, sessionId, timeline }: Snapshot): void {
    const { page, received } = this.#options;
    for (const { id, author, name, state, text, attachments, error } of messages) {
      if (this.#told.has(`${id} ${state}`) || state === "sending" || state === "streaming") continue;
      this.#told.add(`${id} ${state}`);
      if (state === "failed") {
        const message = error?.message ?? "a message was not sent";
        this.#fail(error?.code ?? "network", message);
      } else if (author === "user") {
        if (this.isNews(id)) void page.call("emit", "onMessageSent", { id, text });
      } else if (this.isNews(id) && (text !== "" || attachments.length > 0)) {
        void page.call("emit", "onMessageReceived", { id, text, author, name });
        received();
      }
    }
    const end = timeline.findLast(
      (item) => item.kind === "event" && item.event.type === "EVENT_TYPE_SESSION_END",
    );
    if (ended !== null && end && sessionId && this.#once(end.id) && this.isNews(end.id)) {
      void page.call("emit", "onSessionEnded", { sessionId, reason: ended });
    }
    if (notice?.level === "SYSTEM_MESSAGE_LEVEL_ERROR" && this.#once(notice.id)) {
      this.#fail(notice.code ?? "server_message", notice.text);
    }
    const { state, error } = connection;
    if (state === "failed" && error && this.#once(`failed ${error.message}`)) {
      this.#fail(error.code, error.message);
    }
    this.#news?.keep();
  }

  #fail(code: string, message: string): void {
    // An error itself would lose its code on the way.
    void this.#options.page.call("emit", "onError", { name: "WebchatError", code, message });
  }

  #once(id: string): boolean {
    if (this.#told.has(id)) return false;
    this.#told.add(id);
    return true;
  }
}

/** The first snapshot for which something is true. @throws WebchatError where the conversation fails before */
function until(conversation: Conversation, condition: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const snapshot = conversation.getSnapshot();
      const { state, error } = snapshot.connection;
      const isFailed = state === "failed";
      if (!condition(snapshot) && !isFailed) return;
      stop();
      if (condition(snapshot)) resolve(snapshot);
      else reject(webchatError(error?.code ?? "network", error?.message ?? "the conversation has failed"));
    };
    const stop = conversation.subscribe(look);
    look();
  });
}
