import { describe, expect, it } from "vitest";
import { chunk, event } from "../testing.ts";
import { expectSameView, fold, plain } from "./views.ts";

const echo = (sequence: number) => event("EVENT_TYPE_USER_MESSAGE", sequence, { text: "u" });
const uncut = [
  event("EVENT_TYPE_SESSION_START", 1),
  chunk(2, 1, "a "),
  chunk(3, 2, "b "),
  echo(4),
  chunk(5, 3, "c ", { attachments: [{ title: "t" }], is_complete: true }),
  chunk(6, 1, "d", { message_id: "n", is_complete: true }),
];
const folded = chunk(3, 2, "a b ", { first_chunk_index: 1 });

describe("a history", () => {
  it("is folded where chunks of one message are adjacent", () => {
    expect(fold(uncut)).toEqual([uncut[0], folded, ...uncut.slice(3)]);
  });

  it("unites what rides on the chunks", () => {
    const [both] = fold(uncut.filter(({ sequence }) => sequence === 3 || sequence === 5));
    expect(both?.payload).toMatchObject({
      text: "b c ",
      first_chunk_index: 2,
      attachments: [{ title: "t" }],
    });
  });

  it("says the same of a chunk alone, with its index twice or once", () => {
    expect(plain(chunk(1, 4, "a", { first_chunk_index: 4 }))).toEqual(chunk(1, 4, "a"));
    expect(plain(folded)).toEqual(folded);
  });
});

describe("a view", () => {
  it.each([
    ["verbatim", uncut, 0],
    ["folded", fold(uncut), 0],
    ["from a cursor on", uncut.slice(2), 2],
    ["with nothing left", [], 6],
  ])("is the same %s", (_, view, cursor) => {
    expectSameView(view, uncut, cursor);
  });

  it.each([
    ["without an event", uncut.toSpliced(3, 1)],
    ["without the last", uncut.slice(0, -1)],
    ["with an event twice", uncut.toSpliced(3, 0, echo(4))],
    ["with another text", uncut.with(3, event("EVENT_TYPE_USER_MESSAGE", 4, { text: "v" }))],
    ["with a fold that lacks a text", fold(uncut).with(1, chunk(3, 2, "b ", { first_chunk_index: 1 }))],
    ["with a fold over another event", [uncut[0], chunk(5, 3, "a b c ", { first_chunk_index: 1 }), uncut[5]]],
  ])("is not the same %s", (_, view) => {
    expect(() => expectSameView(view as typeof uncut, uncut)).toThrow(/expected/);
  });
});
