import { type Clock, systemClock } from "@parley/client";
import { Link, type LinkSocket } from "../connection/link.ts";
import { answered, due, isOutbox, marked, type Outbox, settled, unsent } from "../connection/outbox.ts";
import { isRecord, type Kept, kept } from "../kept.ts";
import type { AccountView, DeskCommand, DeskConversation, DeskFrame, Wish } from "../wire.ts";
import { listsBehind } from "./lists.ts";
import { type News, newsBetween, unreadOf } from "./news.ts";
import { type DeskState, initialState, openOne, type Refusal } from "./state.ts";
import { NEW_TALK, talkBehind } from "./talk.ts";
import { TypingSignal } from "./typing-signal.ts";
import { Watching } from "./watching.ts";

/** What the server could not keep is tried again after so long, milliseconds. */
const AGAIN = 2_000;

export interface ModelOptions {
  me: AccountView;
  open: (query: string) => LinkSocket;
  isSignedIn: () => Promise<boolean | null>;
  newKey?: () => string;
  clock?: Clock;
  random?: () => number;
  storage?: () => Pick<Storage, "getItem" | "setItem">;
}

/** The desk in this tab: one socket, what was heard on it, and what is still to be said. */
export class DeskModel {
  readonly typing: TypingSignal;
  readonly #link: Link;
  readonly #watching: Watching;
  readonly #clock: Clock;
  readonly #newKey: () => string;
  readonly #keptOutbox: Kept<Outbox>;
  readonly #keptRefusals: Kept<readonly Refusal[]>;
  readonly #keptReads: Kept<Record<string, number>>;
  readonly #keptSelected: Kept<string | null>;
  readonly #listeners = new Set<() => void>();
  readonly #newsListeners = new Set<(news: News) => void>();
  #since: { epoch: string; revision: number } | null = null;
  #epoch = "";
  #state: DeskState;

  constructor({
    me,
    open,
    isSignedIn,
    newKey,
    clock = systemClock,
    random = Math.random,
    storage,
  }: ModelOptions) {
    this.#clock = clock;
    this.#newKey = newKey ?? (() => crypto.randomUUID());
    // Of the account: whoever signs in next in this tab says nothing in the name of the one before.
    const name = (what: string) => `parley.desk.${what}.${me.id}`;
    this.#keptOutbox = kept(name("outbox"), [], isOutbox, storage);
    this.#keptRefusals = kept(name("refusals"), [], isRefusals, storage);
    this.#keptReads = kept(name("reads"), {}, isReads, storage);
    this.#keptSelected = kept<string | null>(name("open"), null, isId, storage);
    this.#state = {
      ...initialState(me),
      outbox: unsent(this.#keptOutbox.read()),
      refusals: this.#keptRefusals.read(),
      reads: this.#keptReads.read(),
      selected: this.#keptSelected.read(),
    };
    this.#link = new Link({
      open,
      since: () => this.#since,
      onFrame: (frame) => this.#take(frame),
      onState: (link, retryAt) => this.#linkIs(link, retryAt),
      isSignedIn,
      clock,
      random,
    });
    const send = (command: DeskCommand) => this.#link.send(command);
    this.#watching = new Watching(send, this.#newKey);
    this.typing = new TypingSignal((handoff, isTyping) => {
      send({ type: "typing", handoff, state: isTyping ? "started" : "stopped" });
    }, clock);
  }

  get state(): DeskState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onNews(listener: (news: News) => void): () => void {
    this.#newsListeners.add(listener);
    return () => this.#newsListeners.delete(listener);
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.typing.stop();
    this.#link.stop();
  }

  wake(): void {
    this.#link.wake();
  }

  /** Has something done: kept until the server has answered, over a lost socket and a reload. */
  wish(wish: Wish): void {
    const key = this.#newKey();
    const command = { ...wish, key } as Outbox[number]["command"];
    const session = "handoff" in wish ? this.#sessionOf(wish.handoff) : null;
    const behind = (session === null ? undefined : this.#state.talks.get(session))?.through ?? 0;
    const one = { command, at: this.#clock.now(), behind, doneAs: null, isSent: false };
    this.#update({ outbox: [...this.#state.outbox, one] });
    this.#flush();
  }

  /** Opens a conversation. */
  select(handoff: string | null): void {
    if (handoff !== this.#state.selected) this.typing.stop();
    this.#keptSelected.write(handoff);
    this.#update({ selected: handoff, over: handoff === this.#state.selected ? this.#state.over : null });
  }

  take(handoff: string): void {
    this.select(handoff);
    this.wish({ type: "take", handoff });
  }

  /** Somebody looks at the open conversation. */
  look(): void {
    const { lists, me, reads, selected, talks } = this.#state;
    const one = selected === null ? undefined : lists.conversations.get(selected);
    if (one === undefined || !talks.get(one.session)?.isLive || unreadOf(one, reads, me.id) === 0) return;
    // What is over is forgotten here too.
    const known = Object.entries(reads).filter(([handoff]) => lists.conversations.has(handoff));
    const next = { ...Object.fromEntries(known), [one.handoff]: one.user_messages };
    this.#keptReads.write(next);
    this.#update({ reads: next });
  }

  /** Somebody has read why a command was refused. */
  dismiss(refusal: Refusal): void {
    this.#setRefusals(this.#state.refusals.filter((one) => one !== refusal));
  }

  #take(frame: DeskFrame): void {
    switch (frame.type) {
      case "hello": {
        const { canned, epoch, limits, me, now } = frame;
        this.#epoch = epoch;
        this.#update({ canned, limits, me, skew: now - this.#clock.now() });
        return;
      }
      case "canned":
        this.#update({ canned: frame.canned });
        return;
      case "desk":
        this.#takeLists(frame);
        return;
      case "details":
        this.#watching.opened(frame.details.session);
        this.#updateTalk(frame.details.session, (talk) => ({ ...talk, details: frame.details }));
        return;
      case "entries":
        if (!this.#watching.takes(frame.session)) return;
        this.#updateTalk(frame.session, (talk) => talkBehind(talk, frame));
        this.#settle(frame.session);
        return;
      case "done":
      case "refused":
        if (!this.#watching.answered(frame)) this.#takeAnswer(frame);
    }
  }

  #takeLists(frame: Extract<DeskFrame, { type: "desk" }>): void {
    this.#since = { epoch: this.#epoch, revision: frame.revision };
    const before = this.#state;
    const lists = listsBehind(before.lists, frame);
    const open = openOne(before);
    let { over } = before;
    if (open !== null && lists.conversations.has(open.handoff)) over = null;
    else if (open !== null && over === null) {
      const ending = frame.over.find(({ handoff }) => handoff === open.handoff)?.outcome ?? "hidden";
      over = { conversation: open, ending };
    }
    this.#update({ lists, isKnown: true, over });
    if (!before.isKnown) return;
    for (const news of newsBetween(before.lists, lists, before.me.id)) {
      for (const listener of this.#newsListeners) listener(news);
    }
  }

  #takeAnswer(frame: Extract<DeskFrame, { type: "done" | "refused" }>): void {
    const one = this.#state.outbox.find(({ command }) => command.key === frame.key);
    if (one === undefined) return;
    const { command } = one;
    const session = "handoff" in command ? this.#sessionOf(command.handoff) : null;
    const read = () => (session === null ? undefined : this.#state.talks.get(session))?.sequence ?? Infinity;
    this.#update({ outbox: answered(this.#state.outbox, frame, read) });
    if (frame.type === "refused" && frame.code === "unavailable") {
      this.#clock.after(AGAIN, () => this.#flush());
      return;
    }
    if (frame.type === "refused") {
      // Declining what is gone, and the like, has reached what it was for.
      const isMoot = command.type === "decline" && frame.code === "gone";
      if (!isMoot)
        this.#setRefusals([
          ...this.#state.refusals,
          { outgoing: one, code: frame.code, message: frame.message },
        ]);
    }
    this.#flush();
  }

  #settle(session: string): void {
    const talk = this.#state.talks.get(session);
    let { outbox } = this.#state;
    for (const { command } of outbox) {
      if (!("handoff" in command) || this.#sessionOf(command.handoff) !== session) continue;
      outbox = settled(outbox, command.handoff, talk?.sequence ?? 0);
    }
    if (outbox !== this.#state.outbox) this.#update({ outbox });
  }

  #linkIs(link: DeskState["link"], retryAt: number | null): void {
    if (link !== "open") {
      this.#watching.forget();
      this.typing.forget();
      this.#update({ link, retryAt, outbox: unsent(this.#state.outbox) });
      return;
    }
    this.#update({ link, retryAt: null });
    this.#flush();
  }

  #flush(): void {
    if (!this.#link.isOpen) return;
    let { outbox } = this.#state;
    for (const { command } of due(outbox)) {
      this.#link.send(command);
      outbox = marked(outbox, command.key, { isSent: true });
    }
    if (outbox !== this.#state.outbox) this.#update({ outbox });
  }

  #sessionOf(handoff: string): string | null {
    const { lists, over } = this.#state;
    const one: DeskConversation | undefined =
      lists.conversations.get(handoff) ??
      (over?.conversation.handoff === handoff ? over.conversation : undefined);
    return one?.session ?? null;
  }

  #updateTalk(session: string, change: (talk: typeof NEW_TALK) => typeof NEW_TALK): void {
    const talks = new Map(this.#state.talks);
    talks.set(session, change(talks.get(session) ?? NEW_TALK));
    this.#update({ talks });
  }

  #setRefusals(refusals: readonly Refusal[]): void {
    this.#keptRefusals.write(refusals);
    this.#update({ refusals });
  }

  #update(change: Partial<DeskState>): void {
    this.#state = { ...this.#state, ...change };
    if (change.outbox !== undefined) this.#keptOutbox.write(change.outbox);
    if (this.#link.isOpen && this.#state.isKnown) {
      const talks = this.#watching.sync(this.#state);
      if (talks !== null) this.#state = { ...this.#state, talks };
    }
    for (const listener of this.#listeners) listener();
  }
}

const isId = (value: unknown): value is string | null => value === null || typeof value === "string";
const isReads = (value: unknown): value is Record<string, number> =>
  isRecord(value) && Object.values(value).every((count) => typeof count === "number");
const isRefusals = (value: unknown): value is readonly Refusal[] =>
  Array.isArray(value) && isOutbox(value.map((one) => one?.outgoing));
