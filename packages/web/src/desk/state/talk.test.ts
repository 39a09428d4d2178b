import { expect, it } from "vitest";
import type { DeskEntry, EntriesFrame } from "../wire.ts";
import { itemsOf, NEW_TALK, talkBehind } from "./talk.ts";

const at = (position: number) => Date.UTC(2026, 0, 1) + position * 1_000;

const event = (position: number, type: string, payload: object): DeskEntry =>
  ({
    position,
    kind: "event",
    event: {
      id: `e${position}`,
      sequence: position,
      timestamp: new Date(at(position)).toISOString(),
      type,
      payload,
    },
  }) as unknown as DeskEntry;
const said = (id: string, text: string) => ({
  message_id: id,
  text,
  attachments: [],
  response_suggestions: [],
});
const user = (position: number, text: string) =>
  event(position, "EVENT_TYPE_USER_MESSAGE", said(`m${position}`, text));
const robin = (position: number, text: string) =>
  event(position, "EVENT_TYPE_LIVE_AGENT_MESSAGE", {
    ...said(`m${position}`, text),
    agent_id: "robin",
    agent_name: "Robin",
  });
const note = (position: number, text: string): DeskEntry => ({
  position,
  kind: "note",
  note: { author: "Sam", text, at: at(position) },
});
const frame = (entries: DeskEntry[], live = false): EntriesFrame => ({
  type: "entries",
  session: "s",
  entries,
  through: Math.max(0, ...entries.map(({ position }) => position)),
  live,
});
const texts = (talk: typeof NEW_TALK) =>
  itemsOf(talk).map((item) => (item.kind === "event" ? item.event.type : item.text));

it("has notes where they were written, between what was said", () => {
  const talk = talkBehind(
    NEW_TALK,
    frame([user(1, "Hello"), note(2, "a regular"), robin(3, "Hi"), note(4, "done")]),
  );
  expect(texts(talk)).toEqual(["Hello", "a regular", "Hi", "done"]);
  expect(talk.said).toEqual([{ position: 3, message: "m3", person: "robin", text: "Hi" }]);
});

it("takes each row once, however often and in whichever pages it comes", () => {
  const first = talkBehind(NEW_TALK, frame([user(1, "Hello"), note(2, "a regular")]));
  const again = talkBehind(first, frame([user(1, "Hello"), note(2, "a regular"), robin(3, "Hi")]));
  expect(texts(again)).toEqual(["Hello", "a regular", "Hi"]);
  expect(talkBehind(again, frame([robin(3, "Hi")])).said).toHaveLength(1);
  expect(again.through).toBe(3);
  expect(again.sequence).toBe(3);
});

it("is live when the past is over, and stays it", () => {
  const live = talkBehind(NEW_TALK, { ...frame([], true), through: 9 });
  expect(live).toMatchObject({ isLive: true, through: 9 });
  expect(talkBehind(live, frame([user(10, "Hello")])).isLive).toBe(true);
});
