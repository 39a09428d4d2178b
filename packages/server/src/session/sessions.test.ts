import { CLOSE, EVENT, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { end, GRACE_MS, House, IDLE_MS, join, REST_MS, SWEEP_MS, say, types } from "../testing/house.ts";

describe("a conversation", () => {
  it("comes to the socket in the order of the protocol", async () => {
    const house = new House();
    const { socket } = await house.joined();
    expect(types(socket)).toEqual([
      "SESSION_START",
      "REQUEST_POLY_AGENT_JOIN",
      "POLY_AGENT_JOINED",
      "POLY_AGENT_THINKING",
      "POLY_AGENT_MESSAGE",
    ]);
    expect(socket.sequences).toEqual([1, 2, 3, 4]);
  });

  it("shows an event, and asks the agent, only when it is on disk", async () => {
    const house = new House();
    const user = await house.joined();
    house.journal.hold();
    say(user, "hi");
    await house.settle();
    expect(types(user.socket)).not.toContain("USER_MESSAGE");
    expect(house.agent.turns).toHaveLength(1);
    house.journal.release();
    await house.settle();
    expect(types(user.socket).slice(-2)).toEqual(["USER_MESSAGE", "POLY_AGENT_THINKING"]);
    expect(house.agent.turns[1]?.messages).toEqual([{ sequence: 5, text: "hi" }]);
  });

  it("is seen by every socket of the session", async () => {
    const house = new House();
    const one = await house.joined();
    const two = await house.connect(one.id);
    say(one, "hi");
    await house.settle();
    house.agent.answer();
    await house.settle();
    expect(two.socket.sequences).toEqual(one.socket.sequences);
  });

  it("repeats to the sender alone, and at once", async () => {
    const house = new House();
    const one = await house.joined();
    const two = await house.connect(one.id);
    say(one, "hi", { local_id: "a" });
    await house.settle();
    say(one, "hi", { local_id: "a" });
    one.session.receive(one.reader, { type: EVENT.HEARTBEAT, payload: {}, custom: { beat: 1 } });
    await house.settle();
    expect(one.socket.sequences.filter((sequence) => sequence === 5)).toHaveLength(2);
    expect(two.socket.sequences.filter((sequence) => sequence === 5)).toHaveLength(1);
    expect(one.socket.frames.at(-1) ?? {}).toMatchObject({ sequence: 5 });
    expect(types(two.socket)).not.toContain("HEARTBEAT");
  });

  it("answers a socket's frames in their order, also while a commit is under way", async () => {
    const house = new House();
    const user = await house.joined();
    house.journal.hold();
    say(user, "hi", { local_id: "a" });
    user.session.receive(user.reader, { type: EVENT.HEARTBEAT, payload: {} });
    user.session.refuse(user.reader, { message: SYSTEM_MESSAGES.unknownEvent });
    say(user, "hi", { local_id: "a" });
    await house.settle();
    const before = user.socket.events.length;
    house.journal.release();
    await house.settle();
    const answers = types(user.socket)
      .slice(before)
      .filter((type) => type !== "POLY_AGENT_THINKING");
    expect(answers).toEqual(["USER_MESSAGE", "HEARTBEAT", "SYSTEM_MESSAGE", "USER_MESSAGE"]);
  });

  it("shows again that the agent thinks, for as long as it does", async () => {
    const house = new House();
    const user = await house.joined();
    say(user, "hi");
    await house.settle();
    const count = () => types(user.socket).filter((type) => type === "POLY_AGENT_THINKING").length;
    const before = count();
    await house.advance(LIMITS.thinkingRepeatMs);
    await house.advance(LIMITS.thinkingRepeatMs);
    expect(count()).toBe(before + 2);
    house.agent.answer();
    await house.settle();
    await house.advance(3 * LIMITS.thinkingRepeatMs);
    expect(count()).toBe(before + 2);
  });

  it("tells an unattended user once, half a second later", async () => {
    const house = new House();
    const user = await house.connect(await house.create());
    say(user, "anybody?");
    await house.settle();
    await house.advance(LIMITS.joinHintMs - 400);
    const hints = () =>
      user.socket.events.filter(
        (event) =>
          event.type === EVENT.SYSTEM_MESSAGE && event.payload.message === SYSTEM_MESSAGES.noConversation,
      ).length;
    expect(hints()).toBe(0);
    await house.advance(400);
    expect(hints()).toBe(1);
    say(user, "anybody now?");
    await house.advance(2 * LIMITS.joinHintMs);
    expect(hints()).toBe(1);
  });

  it("goes on for a frame whose socket is gone by now", async () => {
    const house = new House();
    const user = await house.joined();
    user.session.detach(user.reader);
    say(user, "my last word");
    await house.settle();
    expect(house.agent.turns[1]?.messages).toMatchObject([{ text: "my last word" }]);
  });

  it("tries a join that failed no sooner than its time, once for all that wait", async () => {
    let attempts = 0;
    const house = new House(undefined, {
      source: () => {
        attempts += 1;
        throw new Error("no agent today");
      },
    });
    const user = await house.connect(await house.create());
    join(user);
    await house.settle();
    expect(attempts).toBe(1);
    for (let i = 0; i < 20; i += 1) join(user);
    await house.settle();
    expect(attempts).toBe(1);
    await house.advance(LIMITS.rejoinFirstMs);
    expect(attempts).toBe(2);
  });
});

describe("the end", () => {
  it("closes every socket with 1000 behind SESSION_END, stops the agent, and is readable for a while", async () => {
    const house = new House();
    const user = await house.joined();
    say(user, "hi");
    await house.settle();
    end(user);
    await house.settle();
    expect(types(user.socket).slice(-2)).toEqual(["USER_END_SESSION", "SESSION_END"]);
    expect(user.socket.closed).toBe(CLOSE.ended);
    expect(house.agent.signals.at(-1)?.aborted).toBe(true);

    await house.advance(REST_MS);
    const late = await house.connect(user.id, 4);
    expect(types(late.socket)).toEqual(["USER_MESSAGE", "USER_END_SESSION", "SESSION_END"]);
    expect(late.socket.closed).toBe(CLOSE.ended);
    await house.advance(GRACE_MS);
    expect(await house.sessions.open(user.id)).toBeNull();
    expect(await house.sessions.find(user.id)).toBeNull();
  });

  it("comes by idleness, counted from the last sign of life", async () => {
    const house = new House();
    const user = await house.joined();
    await house.advance(IDLE_MS - 1_000);
    user.session.receive(user.reader, { type: EVENT.HEARTBEAT, payload: {} });
    await house.advance(IDLE_MS - 1_000);
    expect(user.socket.closed).toBeNull();
    await house.advance(2_000);
    expect(user.socket.events.at(-1)).toMatchObject({ payload: { reason: "REASON_USER_ABANDONED" } });
  });

  it("comes by idleness to a session that sleeps", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    user.session.detach(user.reader);
    await house.advance(REST_MS);
    expect(house.sessions.size).toBe(0);
    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    const [record] = await house.journal.list({ limit: 1 });
    expect(record?.endedAt).not.toBeNull();
  });
});

describe("memory", () => {
  it("is left by a session without sockets and work, and entered again as it was", async () => {
    const house = new House();
    const user = await house.joined();
    user.session.detach(user.reader);
    await house.advance(REST_MS);
    expect(house.sessions.size).toBe(0);
    const again = await house.connect(user.id, 4);
    expect(again.session).not.toBe(user.session);
    say(again, "hi");
    await house.settle();
    house.agent.answer();
    await house.settle();
    expect(again.socket.sequences).toEqual([5, 6]);
  });

  it("is not left while the agent works", async () => {
    const house = new House();
    const user = await house.joined();
    say(user, "hi");
    await house.settle();
    user.session.detach(user.reader);
    await house.advance(REST_MS);
    expect(house.sessions.size).toBe(1);
    house.agent.answer();
    await house.settle();
    await house.advance(REST_MS);
    expect(house.sessions.size).toBe(0);
  });

  it("holds a session once, however many come for it at the same time", async () => {
    const house = new House();
    const user = await house.joined();
    user.session.detach(user.reader);
    await house.advance(REST_MS);
    const opened = await Promise.all(Array.from({ length: 10 }, () => house.sessions.open(user.id)));
    expect(new Set(opened).size).toBe(1);
  });
});

describe("a journal that fails", () => {
  it("drops the session with 1011, and has it back with nothing lost or doubled", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    house.journal.fail();
    say(user, "lost", { local_id: "a" });
    await house.settle();
    expect(user.socket.closed).toBe(CLOSE.internal);
    expect(user.socket.sequences).toEqual([1, 2, 3, 4]);

    const again = await house.connect(user.id, 4);
    say(again, "lost", { local_id: "a" });
    await house.settle();
    expect(again.socket.sequences).toEqual([5]);
  });

  it("gets back by itself what it owes, once it takes rows", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    say(user, "hi");
    await house.settle();
    house.journal.fail();
    house.agent.answer();
    await house.settle();
    expect(house.sessions.size).toBe(0);
    await house.advance(SWEEP_MS);
    expect(house.agent.turns.at(-1)).toMatchObject({ reason: "messages", attempt: 2 });
  });
});

describe("a process that dies", () => {
  it("is followed by one that gives the answer that is owed", async () => {
    const before = new House();
    const user = await before.joined();
    say(user, "hi");
    await before.settle();
    const after = new House(before.journal.crash());
    await after.sessions.start();
    await after.settle();
    expect(after.agent.turns).toMatchObject([{ reason: "messages", attempt: 2, messages: [{ text: "hi" }] }]);
    after.agent.answer();
    await after.settle();
    const again = await after.connect(user.id, 5);
    expect(types(again.socket)).toEqual(["POLY_AGENT_MESSAGE"]);
  });

  it("drained first, leaves what is owed to the next", async () => {
    const before = new House();
    const user = await before.joined();
    const drained = before.sessions.drain(5_000);
    say(user, "hi");
    await before.settle();
    await drained;
    expect(before.agent.turns).toHaveLength(1);
    user.session.closeSockets(CLOSE.restart);
    await before.sessions.stop();
    const after = new House(before.journal.crash());
    await after.sessions.start();
    await after.settle();
    expect(after.agent.turns).toMatchObject([{ reason: "messages", attempt: 1 }]);
  });
});

describe("verified context", () => {
  it("is what the agent reads, and an older token does not replace it", async () => {
    const house = new House();
    const user = await house.joined();
    expect(await house.sessions.setContext(user.id, { tier: "gold" }, 200)).toBe("accepted");
    expect(await house.sessions.setContext(user.id, { tier: "none" }, 100)).toBe("stale");
    const both = [house.sessions.setContext(user.id, { tier: "old" }, 150)];
    both.push(house.sessions.setContext(user.id, { tier: "gold" }, 300));
    expect(await Promise.all(both)).toEqual(["stale", "accepted"]);
    say(user, "hi");
    await house.settle();
    expect(house.agent.turns.at(-1)?.context).toEqual({ tier: "gold" });
    end(user);
    await house.settle();
    expect(await house.sessions.setContext(user.id, {}, 400)).toBe("ended");
  });
});
