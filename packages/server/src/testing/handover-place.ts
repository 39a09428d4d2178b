import { randomUUID } from "node:crypto";
import { functionAgent } from "../agents/function.ts";
import { handoff } from "../agents/helpers.ts";
import type { HandoffCommand, Person } from "../conversation/handoff.ts";
import { NO_HANDOFFS } from "../conversation/handoffs.ts";
import type { HandoffName } from "../handoff/provider.ts";
import { decodeHandoff } from "../handoff/records.ts";
import { WAIT_MS } from "./conversation-driver.ts";
import { FakeProvider } from "./fake-provider.ts";
import type { FakeSocket } from "./fake-socket.ts";
import { type Connection, House, type HouseOptions, say, types } from "./house.ts";
import { MemoryJournal } from "./memory-journal.ts";

export const grace: Person = { id: "p1", name: "Grace", avatarUrl: "" };

/** Hands off at `human`, and otherwise says what it knows. */
const agent = functionAgent({
  name: "Ada",
  async *respond({ reason, messages, returned }) {
    const texts = messages.map(({ text }) => text);
    if (texts.includes("human")) {
      yield handoff({ reason: "asked", summary: "All of it.", context: { order: 7 } });
      return;
    }
    yield reason === "returned" ? `Back: ${returned?.reason ?? ""} [${texts}]` : `Answer [${texts}]`;
  },
});

/** A house whose agent hands off, and the provider whose people a test plays. */
export class Place {
  readonly provider = new FakeProvider();
  readonly house: House;

  constructor(journal = new MemoryJournal(), options: HouseOptions = {}) {
    const handoffs = { ...NO_HANDOFFS, provider: "fake", queue: "support", waitMs: () => WAIT_MS };
    this.house = new House(journal, {
      source: agent,
      policy: { handoffs },
      providers: { fake: this.provider },
      ...options,
    });
  }

  /** A user who has asked for a person. */
  async waiting(): Promise<Connection & { id: string }> {
    const user = await this.house.joined();
    say(user, "human");
    await this.house.settle();
    return user;
  }

  async talking(): Promise<Connection & { id: string }> {
    const user = await this.waiting();
    await this.act({ kind: "join", person: grace });
    return user;
  }

  /** The process dies, and the next one starts on what is on disk. */
  async crash(): Promise<Place> {
    const next = new Place(this.house.journal.crash());
    next.house.clock.advance(this.house.clock.now() - next.house.clock.now());
    await next.house.sessions.start();
    await next.house.settle();
    return next;
  }

  /** The newest handoff's name. */
  async newest(): Promise<HandoffName> {
    const [stored] = await this.house.journal.handoffs({ limit: 1 });
    return { id: stored?.id ?? "", session: stored?.session ?? "" };
  }

  /** A person does something with the newest handoff. */
  async act(command: HandoffCommand, key: string | null = randomUUID()) {
    const answered = this.house.sessions.command(await this.newest(), command, key);
    await this.house.settle();
    return await answered;
  }

  async record() {
    const [stored] = await this.house.journal.handoffs({ limit: 1 });
    return stored && decodeHandoff(stored);
  }
}

/** The types of what a socket got behind the last of a type. */
export const after = (socket: FakeSocket, type: string) => {
  const all = types(socket);
  return all.slice(all.lastIndexOf(type) + 1);
};
