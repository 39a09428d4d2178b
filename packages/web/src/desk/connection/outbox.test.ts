import { describe, expect, it } from "vitest";
import { answered, due, isOutbox, type Outgoing, pending, settled, unsent } from "./outbox.ts";

const say = (key: string, handoff: string, changes: Partial<Outgoing> = {}): Outgoing => ({
  command: { type: "say", key, handoff, text: key },
  at: 0,
  behind: 0,
  doneAs: null,
  isSent: false,
  ...changes,
});
const status = (key: string): Outgoing => ({
  command: { type: "status", key, status: "away" },
  at: 0,
  behind: 0,
  doneAs: null,
  isSent: false,
});
const keys = (outbox: readonly Outgoing[]) => outbox.map(({ command }) => command.key);

describe("what is to be sent", () => {
  it.each<[string, Outgoing[], string[]]>([
    ["one command of each conversation", [say("a1", "a"), say("a2", "a"), say("b1", "b")], ["a1", "b1"]],
    ["nothing behind one that is on its way", [say("a1", "a", { isSent: true }), say("a2", "a")], []],
    [
      "what stands behind one that is done",
      [say("a1", "a", { doneAs: 4, isSent: true }), say("a2", "a")],
      ["a2"],
    ],
    [
      "what is about no conversation, at once",
      [say("a1", "a", { isSent: true }), status("s1"), status("s2")],
      ["s1", "s2"],
    ],
  ])("is %s", (_, outbox, expected) => {
    expect(keys(due(outbox))).toEqual(expected);
  });

  it("is everything again behind a lost socket, the first of each conversation first", () => {
    const outbox = unsent([
      say("a1", "a", { isSent: true }),
      say("a2", "a"),
      say("b1", "b", { isSent: true }),
    ]);
    expect(keys(due(outbox))).toEqual(["a1", "b1"]);
  });
});

describe("an answer", () => {
  const outbox = [say("a1", "a", { isSent: true }), say("a2", "a")];
  it("takes the command out, once its event was read", () => {
    expect(keys(answered(outbox, { type: "done", key: "a1", sequence: 7 }, () => 7))).toEqual(["a2"]);
  });
  it("leaves a message whose event was not read yet, and lets the next one go", () => {
    const next = answered(outbox, { type: "done", key: "a1", sequence: 7 }, () => 6);
    expect(keys(next)).toEqual(["a1", "a2"]);
    expect(keys(due(next))).toEqual(["a2"]);
    expect(keys(settled(next, "a", 6))).toEqual(["a1", "a2"]);
    expect(keys(settled(next, "a", 7))).toEqual(["a2"]);
  });
  it("that nothing can be kept now has the same command sent again", () => {
    const next = answered(outbox, { type: "refused", key: "a1", code: "unavailable", message: "" }, () => 0);
    expect(keys(due(next))).toEqual(["a1"]);
  });
  it("of refusal takes it out", () => {
    expect(
      keys(answered(outbox, { type: "refused", key: "a1", code: "gone", message: "" }, () => 0)),
    ).toEqual(["a2"]);
  });
  it("to nothing that is known changes nothing", () => {
    expect(answered(outbox, { type: "done", key: "other", sequence: null }, () => 0)).toBe(outbox);
  });
});

describe("what is shown behind all else", () => {
  it("is what has no event yet: one event stands for one message of the same text", () => {
    const outbox = [
      { ...say("k1", "a"), command: { type: "say", key: "k1", handoff: "a", text: "yes" } },
      { ...say("k2", "a"), command: { type: "say", key: "k2", handoff: "a", text: "yes" } },
    ] as Outgoing[];
    expect(keys(pending(outbox, "a", []))).toEqual(["k1", "k2"]);
    expect(keys(pending(outbox, "a", [{ position: 3, text: "yes" }]))).toEqual(["k2"]);
  });
  it("is not hidden by what was said before it was written", () => {
    const outbox = [
      { ...say("k1", "a", { behind: 5 }), command: { type: "say", key: "k1", handoff: "a", text: "yes" } },
    ];
    expect(keys(pending(outbox as Outgoing[], "a", [{ position: 4, text: "yes" }]))).toEqual(["k1"]);
  });
  it("is of this conversation alone", () => {
    expect(pending([say("b1", "b"), status("s1")], "a", [])).toEqual([]);
  });
});

it("what was kept by another version is not taken for an outbox", () => {
  expect(isOutbox([say("a1", "a")])).toBe(true);
  for (const other of [null, {}, [{}], [{ command: { key: "k", type: "dance" }, behind: 0 }]]) {
    expect(isOutbox(other)).toBe(false);
  }
});
