import { EVENT, type ServerEvent } from "@parley/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, readStory, withinBudget } from "./story.ts";

const event = (type: string, sequence: number, payload: object) =>
  ({ id: `${sequence}`, sequence, timestamp: "2026-01-01T00:00:00.000Z", type, payload }) as ServerEvent;
const user = (sequence: number, text: string) =>
  event(EVENT.USER_MESSAGE, sequence, { message_id: `${sequence}`, text });
const chunk = (sequence: number, message_id: string, text: string, isComplete: boolean) =>
  event(EVENT.POLY_AGENT_MESSAGE_CHUNK, sequence, {
    message_id,
    text,
    attachments: [],
    response_suggestions: [],
    chunk_index: sequence,
    is_complete: isComplete,
  });
const agent = (sequence: number, text: string) => ({
  by: "agent",
  sequence,
  text,
  attachments: [],
  calls: [],
});

describe("the story of a conversation", () => {
  it("has each message once, chunks joined, and those of a live agent by name", () => {
    const events = [
      event(EVENT.SESSION_START, 1, {}),
      user(2, "hi"),
      chunk(3, "a", "Hel", false),
      chunk(4, "a", "lo.", true),
      event(EVENT.LIVE_AGENT_MESSAGE, 5, { message_id: "b", text: "Here.", agent_name: "Maria" }),
    ];
    expect(readStory(events, { messages: [], said: [] })).toEqual({
      before: [
        { by: "user", sequence: 2, text: "hi" },
        agent(3, "Hello."),
        { by: "person", sequence: 5, text: "Here.", name: "Maria" },
      ],
      answer: [],
    });
  });

  it("ends before the turn's own messages, and has what was still being said when they came", () => {
    const events = [
      user(2, "one"),
      chunk(3, "a", "First", false),
      user(4, "two"),
      chunk(5, "a", " answer.", true),
      user(6, "three, for a later turn"),
    ];
    const { before } = readStory(events, { messages: [{ sequence: 4 }], said: [] });
    expect(before).toEqual([{ by: "user", sequence: 2, text: "one" }, agent(3, "First answer.")]);
  });

  it("leaves out what earlier attempts at this answer have said, and keeps it apart", () => {
    const calls = [{ title: "Desk", contact_number: "1" }];
    const events = [
      chunk(2, "a", "Hello.", true),
      user(3, "hi"),
      chunk(4, "b", "Well, ", true),
      event(EVENT.POLY_AGENT_MESSAGE, 5, {
        message_id: "c",
        text: "",
        attachments: [],
        response_suggestions: [],
        chat_call_actions: calls,
      }),
    ];
    expect(readStory(events, { messages: [{ sequence: 3 }], said: ["Well, "] })).toEqual({
      before: [agent(2, "Hello.")],
      answer: [agent(4, "Well, "), { ...agent(5, ""), calls }],
    });
  });
});

describe("the budget", () => {
  const count = (text: string) => text.length;
  const entry = fc.record({
    by: fc.constantFrom("user" as const, "agent" as const, "person" as const),
    text: fc.string({ maxLength: 30 }),
  });
  const entries = fc
    .array(entry, { maxLength: 30 })
    .map((list) =>
      list.map(
        ({ by, text }, sequence): Entry =>
          by === "user"
            ? { by, sequence, text }
            : by === "person"
              ? { by, sequence, text, name: "" }
              : { by, sequence, text, attachments: [], calls: [] },
      ),
    );

  it("keeps the newest, whole turns, and as many as fit", () => {
    fc.assert(
      fc.property(entries, fc.nat(400), (all, tokens) => {
        const kept = withinBudget(all, tokens, count).flat();
        expect(all.slice(all.length - kept.length)).toEqual(kept);
        const cost = (list: readonly Entry[]) => list.reduce((sum, { text }) => sum + text.length + 4, 0);
        expect(cost(kept)).toBeLessThanOrEqual(tokens);
        // A turn begins with the user, where the one before is not the user's too.
        const [first] = kept;
        const before = all[all.length - kept.length - 1];
        if (before !== undefined && first !== undefined) {
          expect(first.by).toBe("user");
          expect(before.by).not.toBe("user");
        }
        // The turn that was left out would not have fitted.
        const whole = withinBudget(all, Number.POSITIVE_INFINITY, count);
        const next = whole.at(-1 - withinBudget(all, tokens, count).length);
        if (next !== undefined) expect(cost(kept) + cost(next)).toBeGreaterThan(tokens);
      }),
    );
  });

  it("has room for nothing where there is none", () => {
    expect(withinBudget([{ by: "user", sequence: 2, text: "hi" }], -1, count)).toEqual([]);
  });
});
