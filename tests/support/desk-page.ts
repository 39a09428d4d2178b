import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import type {
  DeskCommand,
  DeskConversation,
  DeskDetails,
  DeskEntry,
  DeskFrame,
  DeskPerson,
  DeskQueue,
} from "../../packages/server/src/desk/wire.ts";
import { Changes } from "../../packages/server/src/testing/changes.ts";
import type { Wish } from "../../packages/server/src/testing/desk-house.ts";

type Answer = Extract<DeskFrame, { type: "done" | "refused" }>;

/** A page of the desk as its reference says that it behaves, for one person who is signed in. */
export class DeskPage {
  #url: string;
  readonly cookie: string;
  readonly conversations = new Map<string, DeskConversation>();
  readonly people = new Map<string, DeskPerson>();
  readonly queues = new Map<string, DeskQueue>();
  readonly over = new Map<string, string>();
  readonly details = new Map<string, DeskDetails>();
  /** What was read of each session, in the order in which it came. */
  readonly entries = new Map<string, DeskEntry[]>();
  readonly cursors = new Map<string, number>();
  /** Every frame. */
  readonly frames: DeskFrame[] = [];
  me: Extract<DeskFrame, { type: "hello" }>["me"] | null = null;
  closed: number | null = null;
  #since: { epoch: string; revision: number } | null = null;
  #epoch = "";
  #socket: WebSocket | undefined;
  readonly #answers = new Map<string, (answer: Answer) => void>();
  readonly #changes = new Changes(() =>
    this.frames.map((frame) => JSON.stringify(frame).slice(0, 500)).join("\n"),
  );

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.cookie = cookie;
  }

  /** Signs in with a click, as one does in development. */
  static async signIn(url: string, login: string): Promise<DeskPage> {
    const local = url.replace("127.0.0.1", "localhost");
    const response = await fetch(`${local}/desk/api/sign-in/development`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: local },
      body: JSON.stringify({ login }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new DeskPage(url, response.headers.get("Set-Cookie")?.split(";")[0] ?? "");
  }

  /** Signs in, connects, and is available. */
  static async available(url: string, login: string): Promise<DeskPage> {
    const page = await DeskPage.signIn(url, login);
    await page.connect();
    await page.do({ type: "status", status: "available" });
    return page;
  }

  async connect(url = this.#url): Promise<void> {
    this.#url = url;
    const query = new URLSearchParams(
      this.#since === null ? {} : { epoch: this.#since.epoch, revision: `${this.#since.revision}` },
    );
    const socket = new WebSocket(`${url.replace("http", "ws")}/desk/ws?${query}`, {
      headers: { Cookie: this.cookie },
      origin: url,
    });
    this.#socket = socket;
    this.closed = null;
    socket.on("message", (data) => this.#take(JSON.parse(String(data)) as DeskFrame));
    socket.on("close", (code) => {
      if (this.#socket === socket) this.closed = code;
      this.#changes.tell();
    });
    await new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
    });
    socket.on("error", () => {});
    await this.until(() => this.people.size > 0, "the lists");
    for (const [session, after] of this.cursors) await this.do({ type: "watch", session, after });
  }

  /** Drops the connection without a word. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** Asks for something, once. @returns the refusal's code; null when it was done */
  async ask(wish: Wish): Promise<string | null> {
    const answer = await this.send(wish);
    return answer.type === "refused" ? answer.code : null;
  }

  /** The same for what must not be refused. */
  async do(wish: Wish): Promise<Extract<Answer, { type: "done" }>> {
    const answer = await this.send(wish);
    if (answer.type === "refused")
      throw new Error(`${wish.type} was refused: ${answer.code} ${answer.message}`);
    return answer;
  }

  send(wish: Wish): Promise<Answer> {
    const key = wish.key ?? randomUUID();
    const answer = new Promise<Answer>((resolve) => this.#answers.set(key, resolve));
    this.say({ ...wish, key } as DeskCommand);
    return answer;
  }

  /** Sends a command, and does not wait for an answer. */
  say(command: DeskCommand): void {
    this.sendText(JSON.stringify(command));
  }

  sendText(text: string): void {
    this.#socket?.send(text);
  }

  async watch(session: string): Promise<void> {
    this.cursors.set(session, this.cursors.get(session) ?? 0);
    await this.do({ type: "watch", session, after: this.cursors.get(session) ?? 0 });
  }

  /** The texts that were said in a session, each with who said it; streamed ones joined. */
  said(session: string): string[] {
    const said = new Map<string, string>();
    for (const entry of this.entries.get(session) ?? []) {
      if (entry.kind === "note") {
        said.set(`note${entry.position}`, `note: ${entry.note.text}`);
        continue;
      }
      const { type, payload } = entry.event;
      if (!("text" in payload)) continue;
      const who = type.includes("USER") ? "user" : type.includes("LIVE") ? "person" : "agent";
      said.set(payload.message_id, (said.get(payload.message_id) ?? `${who}: `) + payload.text);
    }
    return [...said.values()].filter((text) => !text.endsWith(": "));
  }

  /** Waits for the one conversation of a session to be as it should. */
  async conversation(
    session: string,
    is: (one: DeskConversation) => boolean = () => true,
    what = "the conversation",
  ): Promise<DeskConversation> {
    const find = () => [...this.conversations.values()].find((one) => one.session === session && is(one));
    await this.until(() => find() !== undefined, what);
    return find() as DeskConversation;
  }

  /** Waits until something is true of what was seen. */
  until(condition: () => boolean, what: string): Promise<void> {
    return this.#changes.until(condition, what);
  }

  #take(frame: DeskFrame): void {
    this.frames.push(frame);
    switch (frame.type) {
      case "hello":
        this.me = frame.me;
        this.#epoch = frame.epoch;
        break;
      case "desk":
        this.#since = { epoch: this.#epoch, revision: frame.revision };
        if (frame.full) for (const list of [this.conversations, this.people, this.queues]) list.clear();
        for (const one of frame.conversations) this.conversations.set(one.handoff, one);
        for (const { handoff, outcome } of frame.over) {
          this.conversations.delete(handoff);
          this.over.set(handoff, outcome);
        }
        for (const handoff of frame.hidden) this.conversations.delete(handoff);
        for (const one of frame.people) this.people.set(one.id, one);
        for (const one of frame.queues) this.queues.set(one.name, one);
        break;
      case "details":
        this.details.set(frame.details.session, frame.details);
        break;
      case "entries": {
        const { session, entries, through } = frame;
        const cursor = this.cursors.get(session) ?? 0;
        if (entries.some(({ position }) => position <= cursor)) throw new Error("an entry came twice");
        this.entries.set(session, [...(this.entries.get(session) ?? []), ...entries]);
        this.cursors.set(session, through);
        break;
      }
      case "done":
      case "refused":
        this.#answers.get(frame.key)?.(frame);
        this.#answers.delete(frame.key);
        break;
    }
    this.#changes.tell();
  }
}
