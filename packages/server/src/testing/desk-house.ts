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
import type { HandoffDoor } from "../handoff/provider.ts";
import type { Journal } from "../journal/journal.ts";
import { silentLogger } from "../logger.ts";
import { FakeSocket } from "./fake-socket.ts";
import { type Connection, House } from "./house.ts";
import { MemoryJournal } from "./memory-journal.ts";

type Keyed = Extract<DeskCommand, { key: string }>;
/** Each kind of command, which need not have a key yet. */
export type Wish = Keyed extends infer One
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

export interface TestDeskParts {
  journal: Journal;
  door: HandoffDoor;
  clock: Clock;
}

/** A desk with its people's pages, over a journal and a door. */
export class TestDesk {
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly #link: (login: string, since: number | null) => (socket: FakeSocket) => Link;

  private constructor(
    desk: Desk,
    accounts: Accounts,
    link: (login: string, since: number | null) => (socket: FakeSocket) => Link,
  ) {
    this.desk = desk;
    this.accounts = accounts;
    this.#link = link;
  }

  static async open({ journal, door, clock }: TestDeskParts): Promise<TestDesk> {
    const accounts = await Accounts.load(journal, DEVELOPMENT_ACCOUNTS);
    const canned = await CannedReplies.load(journal);
    const desk = new Desk({
      accounts,
      queues: { names: [], defaultQueue: null, has: () => true, isOpen: () => true },
      statuses: new Statuses(journal, silentLogger),
      door,
      journal,
      clock,
      logger: silentLogger,
    });
    await desk.start();
    const commands = new DeskCommands(desk, canned);
    const parts = { desk, commands, answers: new Answers(), canned, journal, clock, logger: silentLogger };
    return new TestDesk(desk, accounts, (login, since) => {
      const account = accounts.byLogin(login);
      if (account === null) throw new Error(`there is no ${login}`);
      return (socket) => new Link(socket, account, since, parts);
    });
  }

  /** Somebody opens the page. */
  page(login: string, since: number | null = null): TestPage {
    return new TestPage(login, this.idOf(login), this.#link(login, since));
  }

  async available(login: string): Promise<TestPage> {
    const page = this.page(login);
    await page.ask({ type: "status", status: "available" });
    return page;
  }

  idOf(login: string): string {
    return this.accounts.byLogin(login)?.id ?? "";
  }

  /** All that is before anybody. */
  get conversations(): DeskConversation[] {
    return this.desk.board.frame({ sees: () => true }, null)?.conversations ?? [];
  }
}

/** A desk over all sessions of one process, on a clock that stands still. */
export class DeskHouse {
  readonly house: House;
  readonly #desk: TestDesk;

  private constructor(house: House, desk: TestDesk) {
    this.house = house;
    this.#desk = desk;
  }

  /**
   * @param journal what a process before has left
   * @param start the hour, by the monotonic clock
   */
  static async open(journal = new MemoryJournal(), start?: number): Promise<DeskHouse> {
    // Each needs the other.
    let desk: Desk | undefined;
    const house: House = new House(journal, {
      providers: {
        desk: {
          request: async (request) => await desk?.request(request),
          tell: (...told) => desk?.tell(...told),
        },
      },
      policy: { handoffs: { ...NO_HANDOFFS, provider: "desk", queue: "desk", waitMs: () => 300_000 } },
      newId: randomUUID,
    });
    if (start !== undefined) house.clock.advance(start - house.clock.monotonic());
    const door = house.sessions;
    const opened = await TestDesk.open({ journal, door, clock: house.clock });
    desk = opened.desk;
    await house.sessions.start();
    await house.settle();
    return new DeskHouse(house, opened);
  }

  /** The process dies; what has not reached the disk is lost. @returns the next one, at the same hour */
  async crash(): Promise<DeskHouse> {
    const { journal, clock } = this.house;
    return DeskHouse.open(journal.crash(), clock.monotonic());
  }

  page(login: string): TestPage {
    return this.#desk.page(login);
  }

  available(login: string): Promise<TestPage> {
    return this.#desk.available(login);
  }

  /** Somebody more at the desk, who serves these queues alone. */
  async hire(login: string, queues: string[]): Promise<TestPage> {
    const [like] = DEVELOPMENT_ACCOUNTS;
    if (like === undefined) throw new Error("there is nobody in development");
    await this.#desk.accounts.add({ ...like, id: `id-of-${login}`, login, role: "agent", queues });
    return this.available(login);
  }

  idOf(login: string): string {
    return this.#desk.idOf(login);
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
    return this.#desk.conversations.find((one) => one.handoff === handoff);
  }
}
