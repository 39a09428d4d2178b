import { EVENT, type ServerEvent } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { EMPTY_GLANCE, type Glance, glanceBehind } from "./glance.ts";

const AT = "2026-01-05T10:00:00.000Z";

function event(sequence: number, type: string, payload: object): ServerEvent {
  return { id: `e${sequence}`, sequence, timestamp: AT, type, payload } as ServerEvent;
}

const user = (sequence: number, text: string) =>
  event(sequence, EVENT.USER_MESSAGE, { message_id: "m", text });
const chunk = (sequence: number, text: string, is_complete = false) =>
  event(sequence, EVENT.POLY_AGENT_MESSAGE_CHUNK, { message_id: "m", text, is_complete });
const fold = (events: ServerEvent[], from: Glance = EMPTY_GLANCE) => events.reduce(glanceBehind, from);

describe("what a list shows of a conversation", () => {
  it.each([
    ["a user's message", [user(1, "Hello\n\n there ")], "user", "Hello there", 1],
    ["an agent's, streamed", [chunk(1, "One "), chunk(2, "moment", true)], "agent", "One moment", 2],
    ["a person's", [event(3, EVENT.LIVE_AGENT_MESSAGE, { text: "I am Robin" })], "person", "I am Robin", 3],
    ["the one before where the last has no words", [user(1, "Hi"), chunk(2, "", true)], "user", "Hi", 1],
    [
      "the one before where the last event is none",
      [user(1, "Hi"), event(2, EVENT.POLY_AGENT_LEFT, {})],
      "user",
      "Hi",
      1,
    ],
  ] as const)("is %s", (_, events, from, text, sequence) => {
    expect(fold([...events]).last).toEqual({ from, text, at: Date.parse(AT), sequence });
  });

  it("is short, also of the longest message, and cuts no character in two", () => {
    const { last } = fold([user(1, "👋🏽".repeat(100_000))]);
    expect([...(last?.text ?? "")]).toHaveLength(140);
    expect(last?.text.endsWith("…")).toBe(true);
    expect(last?.text.isWellFormed()).toBe(true);
  });

  it("counts each message of the user once, whatever is read twice", () => {
    const events = [user(1, "a"), user(2, "b")];
    const glance = fold([...events, ...events]);
    expect(glance.userMessages).toBe(2);
    expect(fold([user(3, "c")], glance)).toMatchObject({ userMessages: 3, sequence: 3 });
  });
});
