import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { NO_HANDOFFS } from "../conversation/handoffs.ts";
import { Accounts } from "../desk/accounts/accounts.ts";
import { DEVELOPMENT_ACCOUNTS } from "../desk/accounts/development.ts";
import { CannedReplies } from "../desk/canned.ts";
import { DeskCommands } from "../desk/commands.ts";
import { Desk } from "../desk/desk.ts";
import { Answers } from "../desk/socket/answers.ts";
import { Link } from "../desk/socket/link.ts";
import { Statuses } from "../desk/statuses.ts";
import type { DeskCommand, DeskConversation, DeskFrame } from "../desk/wire.ts";
import { silentLogger } from "../logger.ts";
import { FakeSocket } from "./fake-socket.ts";
import { type Connection, House } from "./house.ts";
import { MemoryJournal } from "./memory-journal.ts";

type Keyed = Extract<DeskCommand, { key: string }>;
type Wish = Keyed extends infer One
  ? One extends Keyed
    ? Omit<One, "key"> & { key?: string }
    : never
  : never;

/** Somebody at the desk, with a page that a test drives by hand. */
export class TestPage {
  readonly login: string;
  readonly id: string;
  readonly socket = new FakeSocket();
  readonly #link: Link;
  #keys = 0;

  constructor(login: string, id: string, link: (socket: FakeSocket) => Link) {
    this.login = login;
    this.id = id;
    this.#link = link(this.socket);
    this.#link.start();
  }

  get frames(): DeskFrame[] {
    return this.socket.sent.map((text) => JSON.parse(text) as DeskFrame);
  }

  /** @returns `done`, or the refusal's code, as soon as it is answered */
  async ask(wish: Wish): Promise<string> {
    this.#keys += 1;
    const key = wish.key ?? `${this.login}-${this.#keys}-${randomUUID()}`;
    await this.#link.receive(JSON.stringify({ ...wish, key }));
    const answer = this.frames.findLast((frame) => "key" in frame && frame.key === key);
    return answer?.type === "refused" ? answer.code : String(answer?.type);
  }

  /** The connection is gone. */
  drop(): void {
    this.#link.stop();
  }
}

/** A desk over all sessions of one process, on a clock that stands still. */
export class DeskHouse {
  readonly house: House;
  readonly desk: Desk;
  readonly #accounts: Accounts;
  readonly #page: (login: string, since: number | null) => TestPage;

  private constructor(
    house: House,
    desk: Desk,
    accounts: Accounts,
    page: (login: string, since: number | null) => TestPage,
  ) {
    this.house = house;
    this.desk = desk;
    this.#accounts = accounts;
    this.#page = page;
  }

  /** @param journal what a process before has left */
  static async open(journal = new MemoryJournal(), start?: number): Promise<DeskHouse> {
    const accounts = await Accounts.load(journal, DEVELOPMENT_ACCOUNTS);
    const canned = await CannedReplies.load(journal);
    const clock: Clock = {
      now: () => house.clock.now(),
      monotonic: () => house.clock.monotonic(),
      after: (ms, callback) => house.clock.after(ms, callback),
    };
    const desk: Desk = new Desk({
      accounts,
      queues: { names: ["desk"], defaultQueue: "desk", has: () => true, isOpen: () => true },
      statuses: new Statuses(journal, silentLogger),
      door: { command: (...given) => house.sessions.command(...given) },
      journal,
      clock,
      logger: silentLogger,
    });
    const house: House = new House(journal, {
      providers: { desk },
      policy: { handoffs: { ...NO_HANDOFFS, provider: "desk", queue: "desk", waitMs: () => 300_000 } },
      newId: randomUUID,
    });
    if (start !== undefined) house.clock.advance(start - house.clock.monotonic());
    await desk.start();
    await house.sessions.start();
    const parts = {
      desk,
      commands: new DeskCommands(desk, canned),
      answers: new Answers(),
      canned,
      journal,
      clock,
      logger: silentLogger,
    };
    const opened = new DeskHouse(house, desk, accounts, (login, since) => {
      const account = accounts.byLogin(login);
      if (account === null) throw new Error(`there is no ${login}`);
      return new TestPage(login, account.id, (socket) => new Link(socket, account, since, parts));
    });
    await house.settle();
    return opened;
  }

  /** The process dies; what has not reached the disk is lost. @returns the next one, at the same hour */
  async crash(): Promise<DeskHouse> {
    const { journal, clock } = this.house;
    return DeskHouse.open(journal.crash(), clock.monotonic());
  }

  /** Somebody opens the page. */
  page(login: string, since: number | null = null): TestPage {
    return this.#page(login, since);
  }

  async available(login: string): Promise<TestPage> {
    const page = this.page(login);
    await page.ask({ type: "status", status: "available" });
    return page;
  }

  idOf(login: string): string {
    return this.#accounts.byLogin(login)?.id ?? "";
  }

  /** A user who has joined, and for whom a person is looked for. */
  async userWhoAsks(): Promise<Connection & { id: string; handoff: string }> {
    const user = await this.house.joined();
    const outcome = await this.house.sessions.handOver(user.id, { key: null });
    if ("refusal" in outcome) throw new Error(outcome.refusal);
    await this.house.settle();
    return { ...user, handoff: outcome.id };
  }

  /** As the desk shows it now; undefined where it is over. */
  conversation(handoff: string): DeskConversation | undefined {
    const frame = this.desk.board.frame({ sees: () => true }, null);
    return frame?.conversations.find((one) => one.handoff === handoff);
  }
}
