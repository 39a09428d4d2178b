import type { Clock } from "../../clock.ts";
import type { ContextValues } from "../../conversation/facts.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Logger } from "../../logger.ts";
import type { Socket } from "../../session/socket.ts";
import { TokenBucket } from "../../token-bucket.ts";
import type { Account } from "../accounts/account.ts";
import type { CannedReplies } from "../canned.ts";
import { type Answer, type DeskCommands, refusal } from "../commands.ts";
import type { Desk } from "../desk.ts";
import { detailsOf } from "../details.ts";
import { DESK_TIMES } from "../floor/times.ts";
import { accountView } from "../http/sign-in.ts";
import {
  type DeskConversation,
  type DeskFrame,
  deskCommand,
  MESSAGE_BYTES,
  NOTE_BYTES,
  type ReadCommand,
  type RefusalCode,
} from "../wire.ts";
import type { Answers } from "./answers.ts";
import { Watch } from "./watch.ts";

/** Sessions that one page follows at once: what a person can have, and a supervisor looks at beside. */
const WATCHED = 64;
/** Commands of one socket: a second, and at once. An outbox that was cut off comes in one burst. */
const COMMAND_RATE = { rate: 50, burst: 500 };
/** A socket with more in its buffer, bytes, gets no lists and no pages until it has taken them. */
const BEHIND_BYTES = 262_144;

export interface LinkParts {
  desk: Desk;
  commands: DeskCommands;
  answers: Answers;
  canned: CannedReplies;
  journal: Pick<Journal, "find" | "entries">;
  clock: Clock;
  logger: Logger;
}

/** One page of the desk, connected: what it is shown, and what it asks for. */
export class Link {
  readonly #account: Account;
  readonly #parts: LinkParts;
  readonly #socket: Socket;
  readonly #rate: TokenBucket;
  readonly #watches = new Map<string, { watch: Watch; stop: () => void }>();
  readonly #stops: (() => void)[] = [];
  /** The last revision of the lists that it was sent; null for none. */
  #revision: number | null;
  #isDraining = false;
  #isStopped = false;

  /** @param since the revision of the lists that the page has, where it is of this epoch */
  constructor(socket: Socket, account: Account, since: number | null, parts: LinkParts) {
    this.#socket = socket;
    this.#account = account;
    this.#parts = parts;
    this.#revision = since;
    this.#rate = new TokenBucket(COMMAND_RATE.rate, COMMAND_RATE.burst, parts.clock.monotonic());
  }

  start(): void {
    const { desk, canned, clock } = this.#parts;
    this.#send({
      type: "hello",
      now: clock.now(),
      me: accountView(this.#account),
      epoch: desk.board.epoch,
      limits: {
        offer_seconds: DESK_TIMES.offerMs / 1_000,
        grace_seconds: DESK_TIMES.graceMs / 1_000,
        message_bytes: MESSAGE_BYTES,
        note_bytes: NOTE_BYTES,
        watched: WATCHED,
      },
      canned: canned.all,
    });
    desk.connect(this.#account);
    this.#stops.push(
      () => desk.disconnect(this.#account),
      desk.board.listen(() => this.#showLists()),
      canned.listen(() => this.#send({ type: "canned", canned: canned.all })),
    );
    this.#showLists();
  }

  /** The socket is gone, or nobody is signed in any more. What it has asked for is carried out all the same. */
  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    for (const session of [...this.#watches.keys()]) this.#unwatch(session);
  }

  /** One frame of the page. Resolves when it is dealt with; never rejects. */
  async receive(text: string): Promise<void> {
    if (this.#isStopped) return;
    const { command, key } = read(text);
    if (!this.#rate.take(this.#parts.clock.monotonic())) return this.#refuse(key, "too_many");
    if (command === null) return this.#refuse(key, "invalid", key === null ? undefined : whatIsWrong(text));
    try {
      await this.#carryOut(command);
    } catch (error) {
      this.#parts.logger.warn({ account: this.#account.id, error }, "a command of the desk failed");
      this.#refuse(key, "unavailable");
    }
  }

  async #carryOut(command: ReadCommand): Promise<void> {
    switch (command.type) {
      case "ping":
        this.#send({ type: "pong" });
        return;
      case "typing":
        this.#parts.commands.typing(this.#account, command.handoff, command.state === "started");
        return;
      case "unwatch":
        this.#unwatch(command.session);
        return;
      case "watch":
        this.#answer(command.key, await this.#watch(command.session, command.after));
        return;
      default: {
        const carryOut = () => this.#parts.commands.carryOut(this.#account, command);
        const what = JSON.stringify(command);
        const answer = await this.#parts.answers.once(this.#account.id, command.key, what, carryOut);
        this.#answer(command.key, answer);
      }
    }
  }

  /** Follows a session that is for their eyes; one that is followed already begins anew. */
  async #watch(session: string, after: number): Promise<Answer> {
    const { desk, journal } = this.#parts;
    const conversation = desk.conversationOf(session);
    const isOpen = conversation !== undefined && desk.sees(this.#account, conversation.name.id);
    if (!isOpen && this.#account.role !== "supervisor") return refusal("gone");
    const record = await journal.find(session);
    if (record === null) return refusal("gone");
    if (this.#isStopped) return { sequence: null };
    this.#unwatch(session);
    if (this.#watches.size >= WATCHED) return refusal("too_many");
    let verified: ContextValues | null = null;
    let told = "";
    const tellDetails = () => {
      const details = detailsOf(record, desk.conversationOf(session) ?? null, verified);
      const text = JSON.stringify(details);
      if (text === told) return;
      told = text;
      this.#send({ type: "details", details });
    };
    const watch = new Watch({
      session,
      key: record.key,
      after,
      journal,
      send: (frame) => this.#send(frame),
      verified: (values) => {
        verified = values;
        tellDetails();
      },
      ready: () => this.#ready(),
    });
    const poke = () => {
      const standing = desk.conversationOf(session);
      // Passed on to a queue that they do not serve: what is said from here on is not for their eyes.
      if (standing !== undefined && !desk.sees(this.#account, standing.name.id)) {
        this.#unwatch(session);
        return;
      }
      tellDetails();
      watch.poke().catch((error) => {
        this.#parts.logger.warn({ session, error }, "a conversation could not be read for the desk");
      });
    };
    const stop = desk.watch(session, poke);
    this.#watches.set(session, { watch, stop });
    poke();
    return { sequence: null };
  }

  #unwatch(session: string): void {
    const watched = this.#watches.get(session);
    if (watched === undefined) return;
    watched.stop();
    watched.watch.stop();
    this.#watches.delete(session);
  }

  #showLists(): void {
    if (this.#isStopped || this.#isDraining) return;
    if (this.#socket.buffered > BEHIND_BYTES) {
      this.#isDraining = true;
      void this.#ready().then(() => {
        this.#isDraining = false;
        this.#showLists();
      });
      return;
    }
    const { desk } = this.#parts;
    const viewer = { sees: ({ handoff }: DeskConversation) => desk.sees(this.#account, handoff) };
    const frame = desk.board.frame(viewer, this.#revision);
    if (frame === null) return;
    this.#revision = frame.revision;
    this.#send(frame);
  }

  /** A socket that is gone never is: what waits for it is forgotten with it. */
  #ready(): Promise<void> {
    if (this.#socket.buffered <= BEHIND_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#socket.whenDrained(resolve));
  }

  #answer(key: string, answer: Answer): void {
    if ("code" in answer) this.#refuse(key, answer.code, answer.message);
    else this.#send({ type: "done", key, sequence: answer.sequence });
  }

  /** What has no key cannot be answered. */
  #refuse(key: string | null, code: RefusalCode, message?: string): void {
    const answer = refusal(code, message);
    if (key !== null && "code" in answer) this.#send({ type: "refused", key, ...answer });
  }

  #send(frame: DeskFrame): void {
    if (!this.#isStopped) this.#socket.send(JSON.stringify(frame));
  }
}

/** @returns `key`: what a refusal of it can be named by */
function read(text: string): { command: ReadCommand | null; key: string | null } {
  const json = parsed(text);
  const result = deskCommand.safeParse(json);
  const given: unknown = typeof json === "object" && json !== null && "key" in json ? json.key : null;
  const key = typeof given === "string" && given.length <= 128 ? given : null;
  return { command: result.success ? result.data : null, key };
}

function whatIsWrong(text: string): string {
  const [issue] = deskCommand.safeParse(parsed(text)).error?.issues ?? [];
  return `This is not a command: ${[...(issue?.path ?? []), issue?.message ?? ""].join(": ")}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
