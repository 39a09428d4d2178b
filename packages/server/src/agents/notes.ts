import { z } from "zod";
import type { Json, TurnNote } from "../conversation/turn.ts";

/**
 * Bounds of what a turn notes beside its words. All of it is written to the journal, so it is bounded like what a user
 * may write; UTF-8 bytes of JSON.
 */
export const NOTE_BYTES = {
  /** As much as a user's message: models write arguments themselves. */
  arguments: 65_536,
  /** As much as a message of an agent. A page that a tool has read fits; a data set does not. */
  result: 65_536,
  /** Read with every turn, and kept in every snapshot of the session. */
  memory: 16_384,
} as const;

/** UTF-16 units of a name, an id or a reason. */
const NAME_LENGTH = 256;

const name = z.string().min(1).max(NAME_LENGTH);
const toolCallSchema = z.object({ id: name, name });
const toolResultSchema = z.object({ id: name });

/** @throws where it has no usable id or name */
export function readToolCall(value: Record<string, unknown>, problems: string[]): TurnNote {
  const read = toolCallSchema.safeParse(value);
  if (!read.success) throw new TypeError(`a tool call is not valid: ${z.prettifyError(read.error)}`);
  const { id, name } = read.data;
  return {
    type: "tool_call",
    id,
    name,
    arguments: toJson(value.arguments, NOTE_BYTES.arguments, "arguments of a tool", problems),
  };
}

/** @throws where it has no usable id */
export function readToolResult(value: Record<string, unknown>, problems: string[]): TurnNote {
  const read = toolResultSchema.safeParse(value);
  if (!read.success) throw new TypeError(`a tool's result is not valid: ${z.prettifyError(read.error)}`);
  return {
    type: "tool_result",
    id: read.data.id,
    result: toJson(value.result, NOTE_BYTES.result, "a tool's result", problems),
    ...(value.failed === true && { failed: true }),
  };
}

export function readUsage(value: Record<string, unknown>): TurnNote | null {
  const [inputTokens, outputTokens] = [count(value.inputTokens), count(value.outputTokens)];
  // Providers leave out what they do not count.
  if (inputTokens === null && outputTokens === null) return null;
  return {
    type: "usage",
    ...(inputTokens !== null && { inputTokens }),
    ...(outputTokens !== null && { outputTokens }),
  };
}

export const readRetried = ({ reason }: Record<string, unknown>): TurnNote => ({
  type: "retried",
  reason: String(reason).slice(0, NAME_LENGTH),
});

export const readChosen = ({ name }: Record<string, unknown>): TurnNote => ({
  type: "chosen",
  name: String(name).slice(0, NAME_LENGTH),
});

export function readMemory({ values }: Record<string, unknown>, problems: string[]): TurnNote | null {
  const text = typeof values === "object" && values !== null && !Array.isArray(values) && print(values);
  if (!text) {
    problems.push("values of a memory must be an object of JSON values; what was remembered stays");
    return null;
  }
  if (Buffer.byteLength(text) > NOTE_BYTES.memory) {
    problems.push(`a memory holds at most ${NOTE_BYTES.memory} bytes; what was remembered stays`);
    return null;
  }
  return { type: "memory", values: JSON.parse(text) };
}

const count = (value: unknown): number | null =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;

/** A value of our own making; what is too large becomes the beginning of its JSON, a string. */
function toJson(value: unknown, bytes: number, name: string, problems: string[]): Json {
  const text = print(value);
  if (text === null) {
    if (value !== undefined) problems.push(`${name}: no JSON value`);
    return null;
  }
  if (Buffer.byteLength(text) <= bytes) return JSON.parse(text);
  problems.push(`${name}: more than ${bytes} bytes; the beginning is kept`);
  return cut(text, bytes);
}

/** As JSON, or null where that cannot be: a function, a circle, a big integer. */
function print(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

/** The beginning of a text, so that as JSON it has about as many bytes at most. */
function cut(text: string, bytes: number): string {
  const beginning = Buffer.from(text)
    .subarray(0, bytes / 2)
    .toString();
  return beginning.replace(/\u{fffd}+$/u, "");
}
