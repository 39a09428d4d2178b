import fc from "fast-check";
import { expect, it } from "vitest";
import type { ToolRecord } from "../agent.ts";
import type { Entry } from "../story.ts";
import { addKnownTools, addQuestion, historyMessages } from "./messages.ts";
import type { ModelMessage } from "./sdk.ts";

const attachment = {
  title: "Menu",
  preview_image_url: "",
  content_url: "https://a.example/menu",
  content_type: "ATTACHMENT_CONTENT_TYPE_URL" as const,
  call_to_action_text: "",
};
const text = fc.string({ minLength: 1, maxLength: 5 });
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ by: fc.constant("user" as const), sequence: fc.nat(), text }),
  fc.record({ by: fc.constant("person" as const), sequence: fc.nat(), text, name: text }),
  fc.record({
    by: fc.constant("agent" as const),
    sequence: fc.nat(),
    text: fc.oneof(text, fc.constant("")),
    attachments: fc.array(fc.constant(attachment), { maxLength: 1 }),
    calls: fc.array(fc.constant({ title: "Desk", contact_number: "1" }), { maxLength: 1 }),
  }),
);
const record: fc.Arbitrary<ToolRecord> = fc
  .record({
    id: fc.uuid(),
    name: text,
    arguments: fc.constantFrom({ a: 1 }, "cut off", null),
    isDone: fc.boolean(),
  })
  .map((one) => (one.isDone ? { ...one, result: { b: 2 } } : one));

it("every history is one that services of models take", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 4 }),
      fc.array(text, { maxLength: 3 }),
      fc.array(record, { maxLength: 3 }),
      fc.constantFrom<string[]>(["show_cards", "offer_call"], []),
      (turns, question, tools, names) => {
        const messages = historyMessages(turns, new Set(names));
        addQuestion(messages, question);
        addKnownTools(messages, tools);
        check(messages);
        if (names.length === 0 && tools.length === 0) {
          expect(messages.every(({ role }) => role !== "tool")).toBe(true);
        }
      },
    ),
  );
});

/** The user comes first and, but for results of tools, last; no side has two texts in a row; every call has its result. */
function check(messages: readonly ModelMessage[]): void {
  expect(messages[0]?.role).toBe("user");
  expect(["user", "tool"]).toContain(messages.at(-1)?.role);
  for (const [i, message] of messages.entries()) {
    const next = messages[i + 1];
    if (typeof message.content === "string" && typeof next?.content === "string") {
      expect(next.role).not.toBe(message.role);
    }
    if (message.role === "assistant" && typeof message.content !== "string") {
      const ids = (parts: ModelMessage["content"]) =>
        typeof parts === "string" ? [] : parts.map((part) => ("toolCallId" in part ? part.toolCallId : null));
      expect(next?.role).toBe("tool");
      expect(ids(next?.content ?? "")).toEqual(ids(message.content));
    }
  }
}

it("arguments that are no object any more are none", () => {
  const messages: ModelMessage[] = [];
  addKnownTools(messages, [{ id: "1", name: "a", arguments: "cut off", isDone: false }]);
  expect(messages[0]?.content).toEqual([{ type: "tool-call", toolCallId: "1", toolName: "a", input: {} }]);
});
