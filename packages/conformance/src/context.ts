import { type Handshake, handshake } from "./client/handshake.ts";
import type { Answer } from "./client/http.ts";
import type { Recording } from "./client/recording.ts";
import { Socket, type SocketOptions } from "./client/socket.ts";
import { join } from "./conversation.ts";
import { ensure } from "./failure.ts";
import type { ConnectorProfile, Profile } from "./profile.ts";
import type { Target } from "./target.ts";

export const ACCESS_TOKEN = "/api/v1/access-token";
export const SESSIONS = "/api/v1/sessions";

/** A session, and the token that opens it. */
export interface Session {
  id: string;
  /** Empty where the server has none. */
  resumeToken: string;
  accessToken: string;
  streaming: boolean;
}

export interface PostOptions {
  headers?: Record<string, string>;
  /** Sent as it is where it is a text, else as JSON; absent: no body at all. */
  body?: unknown;
}

export interface OpenOptions extends SocketOptions {
  /** A number is the cursor; a text stands in the URL as it is. Absent: none is sent. */
  cursor?: number | string;
}

/** What one check works with. What it opens is closed when it is over. */
export class Context {
  readonly profile: Profile;
  readonly target: Target;
  readonly #label: string;
  readonly #sockets: Socket[] = [];
  readonly #handshakes: Handshake[] = [];
  readonly #exchanges: { at: number; line: string }[] = [];

  constructor(target: Target, label: string) {
    this.target = target;
    this.profile = target.profile;
    this.#label = label;
  }

  /** What the check recorded. */
  get recordings(): Recording[] {
    return this.#sockets.map(({ recording }) => recording);
  }

  /** HTTP exchanges, a line each. */
  get exchanges(): readonly { at: number; line: string }[] {
    return this.#exchanges;
  }

  /** A POST as a client of the handshake makes it. */
  async post(path: string, { headers, body }: PostOptions = {}): Promise<Answer> {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    return this.request("POST", path, { "content-type": "application/json", ...headers }, text);
  }

  /** Any request. */
  async request(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<Answer> {
    const answer = await this.target.handshake({
      method,
      path,
      headers,
      ...(body !== undefined && { body }),
    });
    this.#exchanges.push({
      at: performance.now(),
      line: `${method} ${path} → ${answer.status} ${withoutTokens(answer.text)}`,
    });
    return answer;
  }

  /** Any request of somebody who runs the server: their rates are not the handshake's. */
  async operate(method: string, path: string, key: string, body?: object, more = {}): Promise<Answer> {
    const answer = await this.target.exchange({
      method,
      path,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...more },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const line = `${method} ${path} ${JSON.stringify(body ?? {})} → ${answer.status} ${answer.text}`;
    this.#exchanges.push({ at: performance.now(), line });
    return answer;
  }

  /** Posts a context token for a session [section 8]. */
  postContext(session: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    return this.post(`${SESSIONS}/${session}/context`, { headers, body });
  }

  /** A request for an access token with the headers as given. */
  accessToken(headers: Record<string, string>, body: unknown = {}): Promise<Answer> {
    return this.post(ACCESS_TOKEN, { headers, body });
  }

  /** The headers that name the connector. */
  connectorHeaders({ token, host }: ConnectorProfile = this.profile.connector): Record<string, string> {
    return { "x-token": token, "x-host": host };
  }

  /** A token that is shared with other checks. */
  token(connector: ConnectorProfile = this.profile.connector): Promise<string> {
    return this.target.token(connector);
  }

  /** A token of a user that nobody else is. */
  mint(connector: ConnectorProfile = this.profile.connector): Promise<string> {
    return this.target.mint(connector);
  }

  /** A new session. @param body as for `POST /api/v1/sessions` */
  async session(
    body: { streaming_enabled?: boolean } & Record<string, unknown> = {},
    accessToken?: string,
  ): Promise<Session> {
    const bearer = accessToken ?? (await this.token());
    const answer = await this.post(SESSIONS, { headers: { authorization: `Bearer ${bearer}` }, body });
    return sessionOf(answer, bearer, body.streaming_enabled === true);
  }

  /**
   * A new session with a socket that is past its replay: before that, what is transient is not sent, and what is
   * sequenced comes in batches.
   */
  async connected(body: { streaming_enabled?: boolean } = {}): Promise<{ session: Session; socket: Socket }> {
    const session = await this.session(body);
    const socket = await this.open(session);
    await socket.fence();
    return { session, socket };
  }

  /** A new session with a socket, in which the agent has joined and greeted. */
  async joined(body: { streaming_enabled?: boolean } = {}): Promise<{ session: Session; socket: Socket }> {
    const { session, socket } = await this.connected(body);
    await join(socket);
    return { session, socket };
  }

  /** Opens a socket of a session. @throws Failure unless it is answered 101 */
  async open(session: Session, { cursor, ...options }: OpenOptions = {}): Promise<Socket> {
    const recording: Recording = {
      label: this.#label,
      session: session.id,
      streaming: session.streaming,
      cursor: cursor === undefined ? 0 : typeof cursor === "number" ? cursor : null,
      repeatsStart:
        this.profile.departures.firstBatch === "documentation" && cursor !== undefined && cursor !== 0,
      silent: options.pong === false,
      openedAt: 0,
      frames: [],
      received: [],
      closed: null,
    };
    this.target.recordings.push(recording);
    const url = new URL(socketPath(session, cursor), this.profile.url.replace(/^http/, "ws"));
    const socket = await Socket.open(url.href, recording, options);
    this.#sockets.push(socket);
    return socket;
  }

  /** Asks for an upgrade, and looks at the answer. @param path with its query */
  async upgrade(path: string, headers: Record<string, string> = {}): Promise<Handshake> {
    const answer = await handshake(this.profile.url, path, headers);
    this.#handshakes.push(answer);
    const line = `GET ${path.replace(/(token=)[^&]*/g, "$1…")} → ${answer.status} ${answer.text}`;
    this.#exchanges.push({ at: performance.now(), line });
    return answer;
  }

  /** Closes what the check has opened. */
  close(): void {
    for (const socket of this.#sockets) socket.break();
    for (const answer of this.#handshakes) answer.drop();
  }
}

/** Reports go into logs of CI systems, where nothing belongs that lets anybody in. */
const withoutTokens = (text: string): string => text.replace(/("(?:access|resume)_token":")[^"]*/g, "$1…");

/** The path that opens a session's socket. */
export function socketPath(session: Session, cursor?: number | string): string {
  const query = new URLSearchParams({ session_id: session.id, access_token: session.accessToken });
  return `/ws?${query}${cursor === undefined ? "" : `&cursor=${cursor}`}`;
}

/** The session that an answer announces. @throws Failure where it announces none */
export function sessionOf(answer: Answer, accessToken: string, streaming = false): Session {
  const { session_id, resume_token } = (answer.json ?? {}) as Record<string, unknown>;
  ensure(answer.status === 200 && typeof session_id === "string", "200 with session_id", {
    status: answer.status,
    body: answer.text,
  });
  const resumeToken = typeof resume_token === "string" ? resume_token : "";
  return { id: session_id, resumeToken, accessToken, streaming };
}
