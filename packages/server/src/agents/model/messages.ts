import type { ToolRecord } from "../agent.ts";
import type { AgentEntry, Entry } from "../story.ts";
import type { ModelMessage } from "./sdk.ts";

type ToolOutput = Extract<
  Extract<ModelMessage, { role: "tool" }>["content"][number],
  { type: "tool-result" }
>["output"];
type Json = Extract<ToolOutput, { type: "json" }>["value"];

/** Stands where the user has said nothing: services of models want the user's word first, and last. */
const OPENED = "(The user has opened the chat.)";
const SILENT = "(The user has written nothing new.)";
/** The only thing that is told of a call whose process died. */
const UNKNOWN_OUTCOME =
  "The process stopped during this call. Whether it took effect is not known. Check before you call it again.";

/**
 * The conversation before this turn, in the messages of the AI SDK.
 * @param tools what the model can call by now: a service may refuse a history with calls of others
 */
export function historyMessages(
  turns: readonly Entry[][],
  tools: { has(name: string): boolean },
): ModelMessage[] {
  const messages: ModelMessage[] = [];
  for (const entry of turns.flat()) {
    if (messages.length === 0 && entry.by !== "user") messages.push({ role: "user", content: OPENED });
    if (entry.by === "user") addText(messages, "user", entry.text);
    else if (entry.by === "person")
      addText(messages, "assistant", `${entry.name || "A colleague"}, a person:\n${entry.text}`);
    else addAgent(messages, entry, tools);
  }
  return messages;
}

/** What the user has just written; something must stand there in any case. */
export function addQuestion(messages: ModelMessage[], texts: readonly string[]): void {
  if (texts.length === 0) addText(messages, "user", messages.length === 0 ? OPENED : SILENT);
  for (const text of texts) addText(messages, "user", text);
}

/** The calls that earlier attempts made, so that none is made again whose result is known. */
export function addKnownTools(messages: ModelMessage[], tools: readonly ToolRecord[]): void {
  if (tools.length === 0) return;
  messages.push({
    role: "assistant",
    content: tools.map(({ id, name, arguments: input }) => ({
      type: "tool-call",
      toolCallId: id,
      toolName: name,
      input: isObject(input) ? input : {},
    })),
  });
  messages.push({
    role: "tool",
    content: tools.map((tool) => ({
      type: "tool-result",
      toolCallId: tool.id,
      toolName: tool.name,
      output: tool.isDone ? toOutput(tool.result, tool.failed === true) : toOutput(UNKNOWN_OUTCOME, true),
    })),
  });
}

/** What a model is told of a result. @param result a JSON value */
export function toOutput(result: unknown, failed: boolean): ToolOutput {
  if (typeof result === "string") return { type: failed ? "error-text" : "text", value: result };
  return { type: failed ? "error-json" : "json", value: (result ?? null) as Json };
}

/** Templates of open models insist on roles that alternate, so texts of one side in a row are one message. */
function addText(messages: ModelMessage[], role: "user" | "assistant", text: string): void {
  const last = messages.at(-1);
  if (last?.role === role && typeof last.content === "string") last.content += `\n\n${text}`;
  else messages.push({ role, content: text } as ModelMessage);
}

/**
 * Cards and numbers are told as the calls that show them. As a text beside the message they would teach the model to
 * write such texts.
 */
function addAgent(
  messages: ModelMessage[],
  { text, attachments, calls }: AgentEntry,
  tools: { has(name: string): boolean },
): void {
  if (text !== "") addText(messages, "assistant", text);
  const shown = [
    ...(attachments.length > 0
      ? [
          {
            name: "show_cards",
            input: { cards: attachments.map(({ title, content_url }) => ({ title, url: content_url })) },
          },
        ]
      : []),
    ...(calls.length > 0
      ? [
          {
            name: "offer_call",
            input: { numbers: calls.map(({ title, contact_number }) => ({ title, number: contact_number })) },
          },
        ]
      : []),
  ].filter(({ name }) => tools.has(name));
  if (shown.length === 0) return;
  const index = messages.length;
  const id = (name: string) => `shown-${index}-${name}`;
  messages.push({
    role: "assistant",
    content: shown.map(({ name, input }) => ({
      type: "tool-call",
      toolCallId: id(name),
      toolName: name,
      input,
    })),
  });
  messages.push({
    role: "tool",
    content: shown.map(({ name }) => ({
      type: "tool-result",
      toolCallId: id(name),
      toolName: name,
      output: { type: "text", value: "done" },
    })),
  });
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
