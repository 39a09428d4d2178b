import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { functionAgent } from "../agents/function.ts";
import { handoff } from "../agents/helpers.ts";
import type { Clock } from "../clock.ts";
import type { HandoffCommand } from "../conversation/handoff.ts";
import { NO_HANDOFFS } from "../conversation/handoffs.ts";
import type { Journal } from "../journal/journal.ts";
import { type Connection, end, House, say, types } from "../testing/house.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";
import type { HandoffDoor, HandoffName, HandoffProvider, HandoffRequest } from "./provider.ts";

/** What a provider is opened with. */
export interface StageParts {
  door: HandoffDoor;
  journal: Journal;
  clock: Clock;
}

/** A provider with people behind it, as the contract moves them: by the provider's own means. */
export interface Stage {
  readonly provider: HandoffProvider;
  /** The ids of the handoffs that people have before them: that wait for them, or that they have taken. */
  open(): Promise<readonly string[]>;
  /** Somebody takes it and joins. */
  join(name: HandoffName): Promise<void>;
  /** Who has joined says something. `key` names it: said again it is the same. */
  say(name: HandoffName, text: string, key: string): Promise<void>;
  /** Who has joined gives it on, and another one joins. */
  passOn(name: HandoffName): Promise<void>;
  /** Who has joined gives it back to the agent. */
  giveBack(name: HandoffName): Promise<void>;
  /** Who has joined ends the chat. */
  close(name: HandoffName): Promise<void>;
}

const WAIT_MS = 300_000;

/** Hands off where a person is asked for, and else answers. */
const agent = functionAgent({
  name: "Ada",
  async *respond({ reason, messages }) {
    const texts = messages.map(({ text }) => text);
    if (texts.some((text) => text.includes("human"))) yield handoff({ reason: "asked" });
    else yield reason === "returned" ? `Back [${texts}]` : `Answer [${texts}]`;
  },
});

/** A house whose one provider is on stage. */
class Theatre {
  readonly house: House;
  readonly stage: Stage;

  private constructor(house: House, stage: Stage) {
    this.house = house;
    this.stage = stage;
  }

  static async open(open: Opener, journal = new MemoryJournal(), now?: number): Promise<Theatre> {
    const door: HandoffDoor = { command: (...given) => house.sessions.command(...given) };
    // Asked and told as soon as it is there: what opens it needs the house.
    let provider: HandoffProvider | undefined;
    const house: House = new House(journal, {
      source: agent,
      policy: { handoffs: { ...NO_HANDOFFS, provider: "staged", queue: "support", waitMs: () => WAIT_MS } },
      providers: {
        staged: {
          request: async (request: HandoffRequest) => await provider?.request(request),
          tell: (...told) => provider?.tell(...told),
        },
      },
    });
    if (now !== undefined) house.clock.advance(now - house.clock.now());
    const stage = await open({ door, journal, clock: house.clock });
    provider = stage.provider;
    await house.sessions.start();
    await house.settle();
    return new Theatre(house, stage);
  }

  /** Lets what people do happen. */
  async act<T>(done: Promise<T>): Promise<T> {
    await this.house.settle();
    return await done;
  }

  async asksForPerson(user: Connection & { id: string }): Promise<HandoffName> {
    say(user, "a human, please");
    await this.house.settle();
    const [stored] = await this.house.journal.handoffs({ limit: 1 });
    return { id: stored?.id ?? "", session: user.id };
  }

  async joined(): Promise<{ user: Connection & { id: string }; name: HandoffName }> {
    const user = await this.house.joined();
    const name = await this.asksForPerson(user);
    await this.act(this.stage.join(name));
    return { user, name };
  }

  async isOpen({ id }: HandoffName): Promise<boolean> {
    return (await this.act(this.stage.open())).includes(id);
  }
}

type Opener = (parts: StageParts) => Stage | Promise<Stage>;

const said = ({ socket }: Connection): string[] =>
  socket.events.flatMap((event) => (event.type === EVENT.LIVE_AGENT_MESSAGE ? [event.payload.text] : []));
/** What the user heard of the handoff, without what is transient. */
const heard = ({ socket }: Connection): string[] => {
  const all = types(socket).filter((_, index) => socket.events[index]?.sequence !== null);
  return all.slice(all.indexOf("POLY_AGENT_LEFT") + 1);
};

/** Registers the tests that every provider with people behind it passes. */
export function providerContract(title: string, open: Opener): void {
  describe(`provider contract: ${title}`, () => {
    it("shows people a handoff once it is asked, once, however often it is asked", async () => {
      const theatre = await Theatre.open(open);
      const { house, stage } = theatre;
      const user = await house.joined();
      expect(await theatre.act(stage.open())).toEqual([]);
      const name = await theatre.asksForPerson(user);
      expect(await theatre.act(stage.open())).toEqual([name.id]);
      const [record] = await house.journal.handoffs({ limit: 1 });
      await theatre.act(
        stage.provider.request({
          handoff: JSON.parse(record?.data ?? ""),
          session: user.session.info,
          verified: null,
          presence: "there",
        }),
      );
      expect(await theatre.act(stage.open())).toEqual([name.id]);
    });

    it("brings a talk about from its beginning to its end, and shows it no more", async () => {
      const theatre = await Theatre.open(open);
      const { user, name } = await theatre.joined();
      await theatre.act(theatre.stage.say(name, "Hello.", "one"));
      say(user, "hi");
      await theatre.house.settle();
      expect(await theatre.isOpen(name)).toBe(true);
      await theatre.act(theatre.stage.close(name));
      expect(heard(user)).toEqual([
        "HANDOFF_ACCEPTED",
        "LIVE_AGENT_JOINED",
        "LIVE_AGENT_MESSAGE",
        "USER_MESSAGE",
        "LIVE_AGENT_LEFT",
        "SESSION_END",
      ]);
      expect(await theatre.isOpen(name)).toBe(false);
    });

    it("says once what a person says twice under one key", async () => {
      const theatre = await Theatre.open(open);
      const { user, name } = await theatre.joined();
      for (let times = 0; times < 2; times += 1) {
        await theatre.act(theatre.stage.say(name, "Only once.", "same"));
      }
      expect(said(user)).toEqual(["Only once."]);
    });

    it("gives on to another without a second greeting, and then back to the agent", async () => {
      const theatre = await Theatre.open(open);
      const { user, name } = await theatre.joined();
      await theatre.act(theatre.stage.passOn(name));
      await theatre.act(theatre.stage.say(name, "Alan here.", "one"));
      await theatre.act(theatre.stage.giveBack(name));
      expect(heard(user)).toEqual([
        "HANDOFF_ACCEPTED",
        "LIVE_AGENT_JOINED",
        "LIVE_AGENT_JOINED",
        "LIVE_AGENT_MESSAGE",
        "POLY_AGENT_JOINED",
        "POLY_AGENT_MESSAGE",
      ]);
      expect(types(user.socket)).toContain("HANDOFF_QUEUE_STATUS");
      expect(await theatre.isOpen(name)).toBe(false);
    });

    it("takes the same session again", async () => {
      const theatre = await Theatre.open(open);
      const { user, name } = await theatre.joined();
      await theatre.act(theatre.stage.giveBack(name));
      const again = await theatre.asksForPerson(user);
      expect(again.id).not.toBe(name.id);
      await theatre.act(theatre.stage.join(again));
      await theatre.act(theatre.stage.say(again, "Me again.", "two"));
      expect(said(user)).toEqual(["Me again."]);
    });

    it.each<[string, (theatre: Theatre, user: Connection) => unknown]>([
      ["the user ends the session", (_, user) => end(user)],
      ["the wait is over", (theatre) => theatre.house.advance(WAIT_MS)],
    ])("shows it no more where %s", async (_, happen) => {
      const theatre = await Theatre.open(open);
      const user = await theatre.house.joined();
      const name = await theatre.asksForPerson(user);
      expect(await theatre.isOpen(name)).toBe(true);
      await happen(theatre, user);
      await theatre.house.settle();
      expect(await theatre.isOpen(name)).toBe(false);
    });

    it("goes on after a crash: with who waits, with who talks, and without saying anything twice", async () => {
      const before = await Theatre.open(open);
      const waits = await before.house.joined();
      const waiting = await before.asksForPerson(waits);
      const { name: talking, user } = await before.joined();
      await before.act(before.stage.say(talking, "Hello.", "one"));
      const theatre = await Theatre.open(open, before.house.journal.crash(), before.house.clock.now());
      expect([...(await theatre.act(theatre.stage.open()))].sort()).toEqual([waiting.id, talking.id].sort());
      await theatre.act(theatre.stage.say(talking, "Hello.", "one"));
      await theatre.act(theatre.stage.say(talking, "Still here.", "two"));
      await theatre.act(theatre.stage.join(waiting));
      const again = await theatre.house.connect(user.id);
      expect(said(again)).toEqual(["Hello.", "Still here."]);
      expect(types((await theatre.house.connect(waits.id)).socket)).toContain("LIVE_AGENT_JOINED");
    });

    it("is told of handoffs that it does not have without a fault", async () => {
      const { stage } = await Theatre.open(open);
      const name = { id: "never asked", session: "nowhere" };
      stage.provider.tell(name, { kind: "events", through: 3 });
      stage.provider.tell(name, { kind: "presence", presence: "gone" });
      stage.provider.tell(name, { kind: "ended", outcome: "user_ended", reason: null });
    });
  });
}

const GRACE = { id: "p1", name: "Grace", avatarUrl: "" };
const ALAN = { id: "p2", name: "Alan", avatarUrl: "" };

/** What people do where all that their program has is the door. */
export function actsBy(door: HandoffDoor): Omit<Stage, "provider" | "open"> {
  /** @throws where it is refused */
  const act = async (name: HandoffName, command: HandoffCommand, key: string | null = null) => {
    const answer = await door.command(name, command, key);
    if ("refusal" in answer) throw new Error(`${command.kind} was refused: ${answer.refusal}`);
  };
  return {
    join: (name) => act(name, { kind: "join", person: GRACE }),
    say: (name, text, key) => act(name, { kind: "message", text }, key),
    async passOn(name) {
      await act(name, { kind: "transfer" });
      await act(name, { kind: "join", person: ALAN });
    },
    giveBack: (name) => act(name, { kind: "return" }),
    close: (name) => act(name, { kind: "end" }),
  };
}
