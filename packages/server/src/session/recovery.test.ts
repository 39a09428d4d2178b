import { CLOSE, EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it, vi } from "vitest";
import type { AgentSource } from "../agents/agent.ts";
import { functionAgent } from "../agents/function.ts";
import { JournalError } from "../journal/journal.ts";
import { House, IDLE_MS, join, SWEEP_MS, say, types } from "../testing/house.ts";

const endedAt = async (house: House) => (await house.journal.list({ limit: 1 }))[0]?.endedAt;

describe("a session that the journal failed", () => {
  it("is not taken for abandoned when it comes back: its user was there a moment ago", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    for (let i = 0; i < 3; i += 1) {
      await house.advance(IDLE_MS - 1_000);
      user.session.receive(user.reader, { type: EVENT.HEARTBEAT, payload: {} });
    }
    house.journal.fail();
    say(user, "lost");
    await house.settle();
    expect(user.socket.closed).toBe(CLOSE.internal);

    await house.advance(SWEEP_MS);
    await house.advance(SWEEP_MS);
    expect(await endedAt(house)).toBeNull();
    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    expect(await endedAt(house)).not.toBeNull();
  });

  it("closes a socket whose replay cannot be read, so that its client comes back", async () => {
    const house = new House();
    const id = await house.create();
    vi.spyOn(house.journal, "events").mockRejectedValueOnce(new JournalError("io_error", "not now"));
    const { socket } = await house.connect(id);
    expect(socket.closed).toBe(CLOSE.internal);
    const again = await house.connect(id);
    expect(types(again.socket)).toEqual(["SESSION_START"]);
  });
});

describe("what is owed after a start", () => {
  it("is given later where the session could not be loaded at first", async () => {
    const before = new House();
    const user = await before.joined();
    say(user, "hi");
    await before.settle();
    const house = new House(before.journal.crash());
    house.journal.hold();
    const started = house.sessions.start();
    await house.settle();
    house.journal.release(1);
    await started;
    house.journal.fail();
    house.journal.release();
    await house.settle();
    expect(house.agent.turns).toEqual([]);
    await house.advance(SWEEP_MS);
    expect(house.agent.turns).toMatchObject([{ attempt: 2, messages: [{ text: "hi" }] }]);
  });

  it("waits for a socket where nobody was there for long, and is not asked for to be thrown away", async () => {
    const house = await owing();
    await house.sessions.start();
    await house.settle();
    expect(house.agent.turns).toEqual([]);
    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    expect(await endedAt(house)).not.toBeNull();
    expect(house.agent.turns).toEqual([]);
  });

  it("is given to a socket that comes in time", async () => {
    const house = await owing();
    await house.sessions.start();
    const [record] = await house.journal.list({ limit: 1 });
    await house.connect(record?.id ?? "");
    expect(house.agent.turns).toMatchObject([{ messages: [{ text: "hi" }] }]);
  });
});

describe("owed work at a start", () => {
  const AT_ONCE = 32;
  const SESSIONS = 40;

  it("is done in so many sessions at once, with joins and the turns that follow counted", async () => {
    const before = new House(undefined, { source: () => new Promise<never>(() => {}) });
    for (let i = 0; i < SESSIONS; i += 1) {
      const user = await before.joined();
      say(user, "hi");
    }
    await before.settle();

    let busy = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    /** Waits until the test opens the gate. */
    const gate = () => new Promise<void>((resolve) => gates.push(resolve));
    const source: AgentSource = async () => {
      busy += 1;
      most = Math.max(most, busy);
      await gate();
      return functionAgent({
        name: "Ada",
        async *respond({ reason }) {
          await gate();
          yield "Hello.";
          // The next turn follows in the same breath.
          if (reason === "messages") busy -= 1;
        },
      });
    };
    const house = new House(before.journal.crash(), { source });
    await house.sessions.start();
    for (let i = 0; i < 4 * SESSIONS && (busy > 0 || gates.length > 0 || i === 0); i += 1) {
      await house.settle();
      gates.shift()?.();
    }
    await house.settle();
    expect(busy).toBe(0);
    expect(most).toBe(AT_ONCE);
  });
});

describe("a failure that nobody was there to hear", () => {
  it("is told to the next socket, and only then the next message is answered", async () => {
    const first = new House();
    const user = await first.joined();
    say(user, "one");
    await first.settle();
    const second = new House(first.journal.crash());
    await second.sessions.start();
    await second.settle();
    expect(second.agent.turns).toMatchObject([{ attempt: 2 }]);
    const late = await second.connect(user.id);
    say(late, "two");
    await second.settle();

    const house = new House(second.journal.crash());
    await house.sessions.start();
    await house.settle();
    expect(house.agent.turns).toEqual([]);
    const { socket } = await house.connect(user.id);
    await house.settle();
    const told = socket.events.filter(({ type }) => type === EVENT.SYSTEM_MESSAGE);
    expect(told).toMatchObject([{ payload: { message: SYSTEM_MESSAGES.failedBeforeWords } }]);
    expect(house.agent.turns).toMatchObject([{ attempt: 1, messages: [{ text: "two" }] }]);
  });

  it("is none where a socket is connected: the next message is answered at once", async () => {
    const house = new House(undefined, {
      source: functionAgent({
        name: "Ada",
        async *respond({ messages }) {
          if (messages.some(({ text }) => text === "fail")) throw new Error("no");
          yield "Yes.";
        },
      }),
    });
    const user = await house.joined();
    say(user, "fail");
    say(user, "go on");
    await house.settle();
    expect(types(user.socket).slice(-3)).toEqual([
      "SYSTEM_MESSAGE",
      "POLY_AGENT_THINKING",
      "POLY_AGENT_MESSAGE",
    ]);
  });
});

/** A house whose one session was asleep for longer than the idle limit, with a message that nobody has answered. */
async function owing(): Promise<House> {
  const before = new House();
  const user = await before.joined();
  await before.sessions.drain(5_000);
  say(user, "hi");
  await before.settle();
  user.session.closeSockets(CLOSE.restart);
  await before.sessions.stop();
  const house = new House(before.journal.crash());
  house.clock.advance(IDLE_MS + 60_000);
  return house;
}

describe("a function that makes agents", () => {
  it.each<[string, AgentSource]>([
    ["nothing", () => undefined as never],
    ["no name", () => ({ avatarUrl: "", respond: async function* () {} }) as never],
    ["no respond", () => ({ name: "Ada", avatarUrl: "" }) as never],
  ])("and makes %s has failed, and the user is told", async (_what, source) => {
    const house = new House(undefined, { source });
    const user = await house.connect(await house.create());
    join(user);
    await house.settle();
    expect(user.socket.events.at(-1)).toMatchObject({ payload: { message: SYSTEM_MESSAGES.noAgent } });
  });
});
