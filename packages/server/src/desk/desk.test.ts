import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { DeskHouse, TestDesk } from "../testing/desk-house.ts";
import { say, types } from "../testing/house.ts";
import { DESK_TIMES } from "./floor/times.ts";
import type { DeskFrame } from "./wire.ts";

/** A conversation that Robin has. */
async function talk() {
  const at = await DeskHouse.open();
  const robin = await at.available("robin");
  const user = await at.userWhoAsks();
  expect(await robin.ask({ type: "take", handoff: user.handoff })).toBe("done");
  await at.house.settle();
  return { at, robin, user };
}

describe("a disk that fails", () => {
  it("while somebody takes a conversation leaves it to be taken, by the same command too", async () => {
    const at = await DeskHouse.open();
    const robin = await at.available("robin");
    const { handoff, id } = await at.userWhoAsks();
    at.house.journal.fail();
    const key = "taken-twice";
    expect(await robin.ask({ type: "take", handoff, key })).toBe("unavailable");
    await at.house.settle();
    expect(at.conversation(handoff)?.state).not.toBe("joined");
    // The session left memory with its failed append, and comes back.
    await at.house.connect(id);
    expect(await robin.ask({ type: "take", handoff, key })).toBe("done");
    expect(at.conversation(handoff)).toMatchObject({ state: "joined", person: robin.id });
  });

  it("while a lost person's conversation is given on is tried again", async () => {
    const { at, robin, user } = await talk();
    const sam = await at.available("sam");
    robin.drop();
    at.house.journal.fail("disk_full", 2);
    await at.house.advance(DESK_TIMES.graceMs);
    at.house.journal.heal();
    await at.house.advance(5_000);
    await at.house.advance(5_000);
    expect(at.conversation(user.handoff)).toMatchObject({ state: "offered", person: sam.id });
  });
});

describe("a process that dies", () => {
  it("leaves conversations with who has them, for the time of grace", async () => {
    const { at, user } = await talk();
    const next = await at.crash();
    expect(next.conversation(user.handoff)).toMatchObject({ state: "joined", person: next.idOf("robin") });
    const robin = next.page("robin");
    expect(await robin.ask({ type: "say", handoff: user.handoff, text: "Here again" })).toBe("done");
    await next.house.advance(2 * DESK_TIMES.graceMs);
    expect(next.conversation(user.handoff)).toMatchObject({ state: "joined", person: robin.id });
  });

  it("has nobody told that a conversation is gone which has not been taken up again yet", async () => {
    const { at, user } = await talk();
    const { journal, clock } = at.house;
    const door = { command: () => Promise.reject(new Error("no session is awake yet")) };
    const robin = (await TestDesk.open({ journal, clock, door })).page("robin");
    const key = "sent-at-once";
    const say = { type: "say", text: "Here again", key } as const;
    expect(await robin.ask({ ...say, handoff: user.handoff })).toBe("unavailable");
    expect(await robin.ask({ ...say, handoff: "no-such-handoff", key: "other" })).toBe("gone");
    const next = await at.crash();
    expect(await next.page("robin").ask({ ...say, handoff: user.handoff })).toBe("done");
  });

  it("gives them on where who had them does not come back", async () => {
    const { at, user } = await talk();
    const next = await at.crash();
    const sam = await next.available("sam");
    await next.house.advance(DESK_TIMES.graceMs);
    await next.house.settle();
    expect(next.conversation(user.handoff)).toMatchObject({ state: "offered", person: sam.id });
  });

  it("does not tell users that nobody is there while people come back", async () => {
    const at = await DeskHouse.open();
    await at.available("robin");
    await at.house.settle();
    const next = await at.crash();
    const user = await next.userWhoAsks();
    expect(next.conversation(user.handoff)?.state).toBe("waiting");
    const robin = next.page("robin");
    await next.house.settle();
    expect(next.conversation(user.handoff)).toMatchObject({ state: "offered", person: robin.id });
    await next.house.settle();
    expect(types(user.socket)).not.toContain("HANDOFF_FAILED");
  });

  it("while somebody asks for a person looks for one again", async () => {
    const at = await DeskHouse.open();
    const robin = await at.available("robin");
    await robin.ask({ type: "status", status: "away" });
    const { handoff } = await at.userWhoAsks();
    const next = await at.crash();
    expect(next.conversation(handoff)?.state).toBe("waiting");
  });
});

describe("a page that follows a conversation", () => {
  const entries = (frames: readonly DeskFrame[]) =>
    frames.flatMap((frame) => (frame.type === "entries" ? frame.entries : []));

  it("gets every row once, however often it asks again, and nothing of what is for nobody's eyes", async () => {
    const { at, robin, user } = await talk();
    await robin.ask({ type: "watch", session: user.id, after: 0 });
    await at.house.settle();
    const first = entries(robin.frames);
    say(user, "More");
    await at.house.settle();
    const positions = entries(robin.frames).map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    expect(positions.length).toBe(first.length + 1);
    const rows = at.house.journal.rows(user.session.record.key);
    const visible = rows.filter(({ kind }) => kind === "event").map(({ position }) => position);
    expect(positions).toEqual(visible);
    const live = robin.frames.findLast((frame) => frame.type === "entries");
    expect(live).toMatchObject({ live: true, through: rows.at(-1)?.position });
  });

  it("that takes nothing is sent nothing more, and then all it has missed", async () => {
    const { at, robin, user } = await talk();
    await robin.ask({ type: "watch", session: user.id, after: 0 });
    await at.house.settle();
    const before = robin.frames.length;
    robin.socket.buffered = 1_000_000;
    for (let i = 0; i < 20; i += 1) say(user, `message ${i}`);
    await at.house.settle();
    expect(robin.frames.slice(before).filter(({ type }) => type === "entries" || type === "desk")).toEqual(
      [],
    );
    robin.socket.drain();
    await at.house.settle();
    expect(entries(robin.frames.slice(before))).toHaveLength(20);
    expect(robin.frames.findLast((frame) => frame.type === "desk")?.conversations[0]?.user_messages).toBe(20);
  });

  it("of somebody who does not have it, and may not, is refused", async () => {
    const at = await DeskHouse.open();
    const user = await at.house.joined();
    const [sam, robin] = [at.page("sam"), at.page("robin")];
    expect(await sam.ask({ type: "watch", session: user.id, after: 0 })).toBe("gone");
    expect(await robin.ask({ type: "watch", session: user.id, after: 0 })).toBe("done");
  });
});

it("what goes to a queue that one does not serve is out of sight, however one had it before", async () => {
  const at = await DeskHouse.open();
  const lin = await at.hire("lin", ["desk"]);
  const user = await at.userWhoAsks();
  const { handoff, id: session } = user;
  await lin.ask({ type: "take", handoff });
  await lin.ask({ type: "watch", session, after: 0 });
  await lin.ask({ type: "note", handoff, text: "Mine" });
  await lin.ask({ type: "transfer", handoff, to: { queue: "billing" } });
  await at.house.settle();
  const before = lin.frames.length;
  say(user, "My card number is …");
  await at.house.settle();
  expect(JSON.stringify(lin.frames.slice(before))).not.toContain("card number");
  expect(lin.frames.findLast((frame) => frame.type === "desk" && frame.hidden.length > 0)).toMatchObject({
    hidden: [handoff],
  });
  expect(await lin.ask({ type: "watch", session, after: 0 })).toBe("gone");
  expect(await lin.ask({ type: "note", handoff, text: "Still mine?" })).toBe("forbidden");
  expect(await lin.ask({ type: "take", handoff })).toBe("forbidden");
});

it("canned replies are for everybody, kept by supervisors, and outlive the process", async () => {
  const at = await DeskHouse.open();
  const [robin, sam] = [at.page("robin"), at.page("sam")];
  const reply = { id: "1", shortcut: "hours", title: "Opening hours", text: "We are open **until ten**." };
  expect(await robin.ask({ type: "put_canned", reply })).toBe("done");
  expect(sam.frames.findLast((frame) => frame.type === "canned")).toEqual({
    type: "canned",
    canned: [reply],
  });
  expect(await sam.ask({ type: "remove_canned", id: "1" })).toBe("forbidden");
  const next = await at.crash();
  const [hello] = next.page("sam").frames;
  expect(hello).toMatchObject({ type: "hello", canned: [reply] });
  const again = next.page("robin");
  expect(await again.ask({ type: "put_canned", reply: { ...reply, shortcut: "no blanks" } })).toBe("invalid");
  expect(await again.ask({ type: "remove_canned", id: "1" })).toBe("done");
  expect(again.frames.findLast((frame) => frame.type === "canned")).toMatchObject({ canned: [] });
});

it("floods of commands are refused, and the page goes on", async () => {
  const at = await DeskHouse.open();
  const robin = at.page("robin");
  const answers = await Promise.all(
    Array.from({ length: 501 }, () => robin.ask({ type: "take", handoff: "none" })),
  );
  expect(answers.filter((answer) => answer === "too_many")).toHaveLength(1);
  await at.house.advance(1_000);
  expect(await robin.ask({ type: "status", status: "available" })).toBe("done");
});

it("users hear of their place in a long line without a word for every step of it", async () => {
  const at = await DeskHouse.open();
  at.page("robin");
  const users = [];
  for (let i = 0; i < 25; i += 1) users.push(await at.userWhoAsks());
  const last = users.at(-1);
  const robin = at.page("robin");
  for (const { handoff } of users.slice(0, 24)) {
    await robin.ask({ type: "take", handoff });
    await robin.ask({ type: "end", handoff });
    await at.house.settle();
  }
  const places = last?.socket.events.flatMap((event) =>
    event.type === EVENT.HANDOFF_QUEUE_STATUS ? [event.payload.position_in_queue] : [],
  );
  expect(places).toEqual([25, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});
