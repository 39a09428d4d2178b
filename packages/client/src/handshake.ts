import { ParleyError } from "./errors.ts";
import { address, post } from "./http.ts";
import type { Settings } from "./options.ts";
import { exclusively } from "./page.ts";
import { loadJson, saveJson } from "./storage.ts";
import { type AccessToken, obtainToken } from "./tokens.ts";

/** What is remembered of a session. */
export interface SessionRecord {
  readonly id: string;
  /** The server's address: another one does not know the session. */
  readonly server: string;
  /** Null where the server gives none: then only the access token of this page leads back. */
  readonly resumeToken: string | null;
  /** The highest sequence seen; kept up to date only where the connection resumes by it. */
  readonly cursor: number;
  readonly joined: boolean;
}

/** What a socket is opened with. */
export interface Ticket {
  readonly session: SessionRecord;
  readonly accessToken: string;
}

/** Tokens and the session [protocol section 1]. One handshake runs at a time; its caller sees to that. */
export class Handshake {
  readonly #settings: Settings;
  #session: SessionRecord | null = null;
  /** The session that was left: a storage that cannot forget does not bring it back. */
  #left: string | undefined;
  #token: AccessToken | null = null;
  #isDoubted = false;
  /** A creation that is tried again carries the same id, and gets the same session. */
  #creation = "";

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get session(): SessionRecord | null {
    return this.#session;
  }

  /** Whether the session was found in the storage, and not begun here. */
  isRemembered = false;

  /** What a socket needs: what is there, or else what is remembered, or else new. @throws ParleyError */
  async ticket(signal: AbortSignal): Promise<Ticket> {
    if (this.#session !== null) return this.#ticket(signal);
    // Two tabs that open at once are to find one session, not to make two.
    return exclusively(`parley:${this.#settings.storageKey}`, () => {
      signal.throwIfAborted();
      const loaded = this.#load();
      this.isRemembered = loaded?.server === this.#settings.url.href && loaded.id !== this.#left;
      if (this.isRemembered) this.#session = loaded;
      return this.#ticket(signal);
    });
  }

  /** The next ticket asks the server for an access token, which says whether it is there, and knows the session. */
  doubtToken(): void {
    this.#isDoubted = true;
  }

  /** The next ticket has a new session. @param isWanted a new one, and not another tab's */
  forgetSession(isWanted: boolean): void {
    this.#left = this.#session?.id;
    if (isWanted || this.#load()?.id === this.#left) this.#save(null);
    this.#session = this.#token = null;
    this.#creation = "";
  }

  /** Remembers what has come of the session. */
  remember(news: Partial<SessionRecord>): void {
    if (this.#session === null) return;
    this.#session = { ...this.#session, ...news };
    // Another tab may have begun another session meanwhile: that one is the one to come back to.
    if (this.#load()?.id === this.#session.id) this.#save(this.#session);
  }

  #load(): SessionRecord | null {
    return loadJson(this.#settings.storage, this.#settings.storageKey) as SessionRecord | null;
  }

  #save(session: SessionRecord | null): void {
    saveJson(this.#settings.storage, this.#settings.storageKey, session);
  }

  async #ticket(signal: AbortSignal): Promise<Ticket> {
    const accessToken = await this.#accessToken(signal);
    const session = this.#session ?? (await this.#create(accessToken, signal));
    return { session, accessToken };
  }

  async #accessToken(signal: AbortSignal): Promise<string> {
    const { clock, timings } = this.#settings.environment;
    const { id, resumeToken } = this.#session ?? {};
    const lasts = (this.#token?.expires ?? 0) - clock.now() > timings.tokenMargin;
    if (!lasts || this.#isDoubted) {
      const token = await obtainToken(this.#settings, resumeToken ? `${id}.${resumeToken}` : null, signal);
      signal.throwIfAborted();
      this.#isDoubted = false;
      // Without a resume token only the session's first one may lead back to it.
      if (!lasts || resumeToken) this.#token = token;
    }
    return (this.#token as AccessToken).text;
  }

  async #create(accessToken: string, signal: AbortSignal): Promise<SessionRecord> {
    const { environment, url, streaming, platform, deviceType, locale, attributes } = this.#settings;
    this.#creation ||= uuid();
    const headers = { Authorization: `Bearer ${accessToken}`, "X-PolyAI-Correlation-Id": this.#creation };
    const body = { streaming_enabled: streaming, platform, device_type: deviceType, locale, attributes };
    const answer = await post(environment.fetch, address(url, "api/v1/sessions"), headers, body, signal);
    signal.throwIfAborted();
    if (typeof answer.session_id !== "string")
      throw new ParleyError("bad_request", "no session in the answer");
    const resumeToken = typeof answer.resume_token === "string" ? answer.resume_token : null;
    const session = { id: answer.session_id, server: url.href, resumeToken, cursor: 0, joined: false };
    this.#session = session;
    this.#creation = "";
    this.#save(session);
    return session;
  }
}

/** `crypto.randomUUID` exists only on https and localhost. */
export const uuid = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const random = crypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
    return (+digit ^ (random & (15 >> (+digit / 4)))).toString(16);
  });
