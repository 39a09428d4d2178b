import type { Chatwoot, Conversation, Message } from "./chatwoot.ts";
import type { Delivery, Parley } from "./parley.ts";
import type { Link, Store } from "./store.ts";
import { introduction, nameOf, verified } from "./texts.ts";

/** The pause behind the first failure, and the longest, milliseconds. */
const RETRY_MS = { first: 1_000, longest: 30_000 };
/** Chatwoot's webhooks may be lost, so that open conversations are looked at so often anyway, milliseconds. */
const LOOK_MS = 60_000;

/** Codes behind which there is nothing more to do for a handoff. */
const OVER = ["HANDOFF_OVER", "HANDOFF_NOT_FOUND"];

export interface BridgeParts {
  chatwoot: Chatwoot;
  parley: Parley;
  store: Store;
  log: (line: string) => void;
}

/**
 * Carries a handoff to Chatwoot and back. From Parley deliveries come in order and are repeated until they were
 * taken, so each is carried out at once and marked with its id. Chatwoot's webhooks come in any order, twice, or not at
 * all, so they only say that there is something new: what it is, is read behind a cursor.
 */
export class Bridge {
  readonly #parts: BridgeParts;
  /** The last thing that is being done with each handoff. */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** Catches up on what has happened in Chatwoot meanwhile, and from then on looks now and then. */
  start(): void {
    for (const { conversation } of this.#parts.store.open)
      if (conversation !== null) this.woken(conversation);
    this.#later(LOOK_MS, () => this.start());
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#last.values());
  }

  /** Carries out what Parley tells. Rejects where it is to be told again. */
  told(id: string, { type, data }: Delivery): Promise<void> {
    return this.#inTurn(data.handoff_id, async () => {
      const link = this.#parts.store.link(data.handoff_id);
      if (type === "user.typing") await this.#type(link, data.state === "started");
      else await this.#carryOver(id, { type, data }, link);
    });
  }

  /** There may be something new in a conversation of Chatwoot's. */
  woken(conversation: number, failures = 0): void {
    const link = this.#parts.store.ofConversation(conversation);
    if (link === undefined || this.#isStopped) return;
    this.#inTurn(link.handoff, () => this.#listen(link.handoff)).catch((error: Error) => {
      this.#parts.log(`conversation ${conversation}: ${error.message}; it is looked at again`);
      const pause = Math.min(RETRY_MS.first * 2 ** failures, RETRY_MS.longest);
      this.#later(pause, () => this.woken(conversation, failures + 1));
    });
  }

  /** Somebody in Chatwoot writes, or has stopped. */
  typed(conversation: number, isTyping: boolean): void {
    const link = this.#parts.store.ofConversation(conversation);
    if (link === undefined || link.isOver) return;
    const command = { type: "typing", state: isTyping ? "started" : "stopped" };
    this.#parts.parley.command(link.handoff, command).catch(() => {});
  }

  async #carryOver(id: string, { type, data }: Delivery, link: Link | undefined): Promise<void> {
    const { store, chatwoot } = this.#parts;
    const state = store.begin(id, data.handoff_id);
    if (state === "done") return;
    const say = async ({ conversation }: Link, text: string, as: "incoming" | "private") => {
      if (conversation === null) return;
      // The process that began this may have died behind it.
      if (state === "begun" && (await this.#has(conversation, id))) return;
      await chatwoot.say(conversation, text, as, id);
    };
    if (type === "handoff.requested") {
      const opened = await this.#open(data);
      await say(opened, introduction(data), "private");
    } else if (link !== undefined && !link.isOver) {
      if (type === "user.message") await say(link, data.text, "incoming");
      if (type === "user.context") await say(link, verified(data), "private");
      if (type === "user.presence" && data.presence === "gone") {
        await say(link, "The user has closed the page, or lost the connection.", "private");
      }
      if (type === "handoff.transferred") {
        await say(link, `Waits for somebody else${data.queue ? ` in ${data.queue}` : ""}.`, "private");
      }
      if (type === "handoff.ended") {
        const back = data.agent_is_back ? " The agent goes on." : "";
        await say(link, `This is over: ${data.reason ?? data.outcome}.${back}`, "private");
        if (link.conversation !== null) await chatwoot.resolve(link.conversation);
        store.keep({ ...this.#linkOf(data.handoff_id), isOver: true });
      }
    }
    store.done(id);
  }

  async #open(data: Delivery["data"]): Promise<Link> {
    const { store, chatwoot } = this.#parts;
    const { handoff_id: handoff, session_id: session } = data;
    const contact = await chatwoot.contact(`parley:${session}`, nameOf(data));
    const conversation = await chatwoot.conversation(contact, handoff);
    const known = store.link(handoff);
    const link = {
      handoff,
      conversation,
      sourceId: contact.sourceId,
      heard: known?.heard ?? 0,
      isOver: known?.isOver ?? false,
    };
    store.keep(link);
    return link;
  }

  async #has(conversation: number, sourceId: string): Promise<boolean> {
    for await (const { source_id } of this.#parts.chatwoot.messages(conversation, 0)) {
      if (source_id === sourceId) return true;
    }
    return false;
  }

  async #type(link: Link | undefined, isTyping: boolean): Promise<void> {
    if (link === undefined || link.conversation === null || link.sourceId === null || link.isOver) return;
    // Worth no second try.
    await this.#parts.chatwoot.typing(link.conversation, link.sourceId, isTyping).catch(() => {});
  }

  /** Tells Parley what is new, in its order. */
  async #listen(handoff: string): Promise<void> {
    const { store, chatwoot } = this.#parts;
    const { conversation, heard } = this.#linkOf(handoff);
    if (conversation === null) return;
    // Before the messages, so that what was said before the end is said before the end.
    const { status } = await chatwoot.find(conversation);
    for await (const message of chatwoot.messages(conversation, heard)) {
      await this.#hear(handoff, conversation, message);
      store.keep({ ...this.#linkOf(handoff), heard: message.id });
    }
    if (!this.#linkOf(handoff).isOver) await this.#follow(handoff, status);
  }

  async #hear(handoff: string, conversation: number, message: Message): Promise<void> {
    const { parley, chatwoot } = this.#parts;
    const { id, content, attachments = [], sender } = message;
    const text = [content, ...attachments.map(({ data_url }) => data_url)].filter(Boolean).join("\n");
    // What the bridge has written carries the id of a delivery.
    if (message.message_type !== 1 || sender === undefined || message.source_id || text.trim() === "") return;
    const key = `chatwoot-message-${id}`;
    if (message.private) {
      await parley.command(handoff, { type: "note", text, author: sender.name }, key);
      return;
    }
    const agent = {
      id: `chatwoot-${sender.id}`,
      name: sender.name,
      avatar_url: sender.avatar_url ?? sender.thumbnail ?? "",
    };
    const refusal =
      (await this.#join(handoff, agent, id)) ??
      (await parley.command(handoff, { type: "message", text, agent_id: agent.id }, key));
    if (refusal === null) return;
    this.#overIf(handoff, refusal);
    const source = `undelivered-${id}`;
    if (await this.#has(conversation, source)) return;
    await chatwoot.say(conversation, `Not delivered (${refusal}): the user is not here.`, "private", source);
  }

  /** Whoever writes has the conversation. */
  async #join(handoff: string, agent: { id: string; name: string }, message: number): Promise<string | null> {
    const { parley } = this.#parts;
    const refusal = await parley.command(handoff, { type: "join", agent });
    if (refusal !== "JOINED_BY_ANOTHER") return refusal;
    const transfer = { type: "transfer", display_message: `${agent.name} is taking over.` };
    return (
      (await parley.command(handoff, transfer, `chatwoot-transfer-${message}`)) ??
      (await parley.command(handoff, { type: "join", agent }))
    );
  }

  /** *Resolved* closes the chat, *pending* gives it back to the agent. */
  async #follow(handoff: string, status: Conversation["status"]): Promise<void> {
    if (status !== "resolved" && status !== "pending") return;
    const { parley } = this.#parts;
    const type = status === "resolved" ? "end" : "return";
    const refusal = await parley.command(handoff, { type });
    if (refusal === "NOBODY_JOINED") {
      await parley.command(handoff, { type: "fail", reason: "Nobody is available right now." });
    } else if (refusal !== null && !OVER.includes(refusal)) throw new Error(`Parley refused: ${refusal}`);
    this.#parts.store.keep({ ...this.#linkOf(handoff), isOver: true });
  }

  #overIf(handoff: string, refusal: string): void {
    if (OVER.includes(refusal)) this.#parts.store.keep({ ...this.#linkOf(handoff), isOver: true });
  }

  #linkOf(handoff: string): Link {
    const link = this.#parts.store.link(handoff);
    if (link === undefined) throw new Error(`there is no conversation for handoff ${handoff}`);
    return link;
  }

  /** One thing after the other for each handoff, whatever became of those before. */
  #inTurn(handoff: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(handoff) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#last.set(handoff, done);
    const forget = () => {
      if (this.#last.get(handoff) === done) this.#last.delete(handoff);
    };
    done.then(forget, forget);
    return done;
  }

  #later(ms: number, work: () => void): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}
