import {
  EVENT,
  type EventBatch,
  type EventOf,
  type ServerEvent,
  type SingleEventType,
} from "@parley/protocol";
import { WebSocket } from "ws";
import { Changes } from "../../packages/server/src/testing/changes.ts";

/** A client as an integrator would write it, that remembers all it has seen. */
export class Chat {
  #socket: WebSocket | undefined;
  #url: string;
  readonly #token: string;
  readonly sessionId: string;
  readonly resumeToken: string;
  /** Every event, those of batches too, in the order in which it came; a repetition comes again. */
  readonly seen: ServerEvent[] = [];
  /** The code of the last close. */
  closed: number | null = null;
  readonly #changes = new Changes(() =>
    this.seen.map((event) => `${event.sequence} ${event.type} ${JSON.stringify(event.payload)}`).join("\n"),
  );

  private constructor(url: string, token: string, sessionId: string, resumeToken: string) {
    this.#url = url;
    this.#token = token;
    this.sessionId = sessionId;
    this.resumeToken = resumeToken;
  }

  /** The handshake. */
  static async create(
    url: string,
    body: object = { streaming_enabled: true },
    connector = "demo",
  ): Promise<Chat> {
    const { access_token } = await post(
      `${url}/api/v1/access-token`,
      {},
      { "X-Token": connector, "X-Host": "localhost" },
    );
    const headers = { Authorization: `Bearer ${access_token}` };
    const { session_id, resume_token } = await post(`${url}/api/v1/sessions`, body, headers);
    return new Chat(url, String(access_token), String(session_id), String(resume_token));
  }

  get accessToken(): string {
    return this.#token;
  }

  /** The highest sequence seen. */
  get cursor(): number {
    return Math.max(0, ...this.seen.map(({ sequence }) => sequence ?? 0));
  }

  /** Connects, behind what was seen unless told otherwise. @param url where the server is by now */
  async connect({
    cursor = this.cursor,
    url = this.#url,
  }: {
    cursor?: number;
    url?: string;
  } = {}): Promise<void> {
    this.#url = url;
    const query = new URLSearchParams({
      session_id: this.sessionId,
      access_token: this.#token,
      cursor: `${cursor}`,
    });
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws?${query}`);
    this.#socket = socket;
    this.closed = null;
    socket.on("message", (data) => this.#receive(JSON.parse(String(data))));
    socket.on("close", (code) => {
      if (this.#socket === socket) this.closed = code;
      this.#changes.tell();
    });
    await new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
    });
    socket.on("error", () => {});
  }

  send(type: string, payload: object = {}, custom?: object): void {
    this.#socket?.send(JSON.stringify({ type, payload, ...(custom && { metadata: { custom } }) }));
  }

  say(text: string, custom?: object): void {
    this.send(EVENT.USER_MESSAGE, { text }, custom);
  }

  /** Drops the connection without a word. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** Joins, and waits until the greeting is whole. */
  async join(): Promise<void> {
    this.send(EVENT.REQUEST_POLY_AGENT_JOIN);
    await this.until(() => this.messages.some(({ isComplete }) => isComplete), "the greeting");
  }

  /** Waits until something is true of what was seen. */
  until(condition: () => boolean, what: string): Promise<void> {
    return this.#changes.until(condition, what);
  }

  of<Type extends SingleEventType>(type: Type): EventOf<Type>[] {
    return this.seen.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** The agent's messages as a user reads them: streamed ones joined, each event taken once. */
  get messages(): { id: string; text: string; isComplete: boolean }[] {
    const messages = new Map<string, { id: string; text: string; isComplete: boolean }>();
    const taken = new Set<string>();
    for (const event of this.seen) {
      if (event.type !== EVENT.POLY_AGENT_MESSAGE && event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) continue;
      if (taken.has(event.id)) continue;
      taken.add(event.id);
      const id = event.payload.message_id;
      const message = messages.get(id) ?? { id, text: "", isComplete: false };
      message.text += event.payload.text;
      message.isComplete = event.type === EVENT.POLY_AGENT_MESSAGE || event.payload.is_complete;
      messages.set(id, message);
    }
    return [...messages.values()];
  }

  #receive(frame: ServerEvent | EventBatch): void {
    if (frame.type === EVENT.EVENT_BATCH) this.seen.push(...frame.payload.events);
    else this.seen.push(frame);
    this.#changes.tell();
  }
}

async function post(
  url: string,
  body: object,
  headers: Record<string, string>,
): Promise<Record<string, unknown>> {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  // A kept connection may be closed by the server in the moment in which it is used again: as any client, once more.
  const answer = await fetch(url, request).catch(() => fetch(url, request));
  const json = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}
