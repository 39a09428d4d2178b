import { LIMITS } from "@parley/protocol";
import { attachmentSchema, callActionSchema, suggestionSchema } from "@parley/protocol/schemas";
import { z } from "zod";
import type { TurnNote } from "../conversation/turn.ts";
import type { AgentPart, Handoff } from "./agent.ts";
import { readChosen, readMemory, readRetried, readToolCall, readToolResult, readUsage } from "./notes.ts";
import { toUri } from "./uri.ts";

/** A part that was checked. */
export type SafePart = Exclude<AgentPart, { type: TurnNote["type"] }> | TurnNote;

/** What an agent yielded, as far as it can be used. */
export interface ReadPart {
  /** Of the server's own making, shares nothing with what was yielded; null where nothing of it is left. */
  part: SafePart | null;
  /** What was left out or changed, for the log; never what was said. */
  problems: string[];
}

/** What became of asking the agent for its next part. */
export type Arrived = { result: IteratorResult<unknown> } | { error: unknown };

/** Reads what an iterator gave, which may be anybody's. Does not throw. */
export function readResult(result: unknown): Arrived {
  try {
    if (typeof result !== "object" || result === null)
      throw new TypeError("an iterator's result must be an object");
    const { done, value } = result as IteratorResult<unknown>;
    return { result: { done: Boolean(done), value } as IteratorResult<unknown> };
  } catch (error) {
    return { error };
  }
}

const textSchema = z.string();
/** A BCP-47 tag, in its canonical form (`fr-fr` is `fr-FR`). */
export const languageSchema = z.string().transform((tag, context) => {
  const canonical = canonicalLanguage(tag);
  if (canonical !== null) return canonical;
  context.addIssue({ code: "custom", message: "must be a BCP-47 language tag" });
  return z.NEVER;
});

/** A text for a person, not longer than anybody reads. A word that is cut off is no reason to leave the user waiting. */
const cut = (text: string, bytes: number): string =>
  Buffer.byteLength(text) <= bytes
    ? text
    : `${Buffer.from(text)
        .subarray(0, bytes - 4)
        .toString()
        .replace(/\uFFFD+$/, "")}…`;

/** See `Handoff`. */
export const handoffSchema = z.discriminatedUnion("managed", [
  z.object({
    managed: z.literal("server"),
    reason: z.exactOptional(z.string().transform((text) => cut(text, LIMITS.handoffReasonBytes))),
    queue: z.exactOptional(z.string().min(1)),
    summary: z.exactOptional(z.string().transform((text) => cut(text, LIMITS.handoffSummaryBytes))),
    context: z.exactOptional(
      z
        .record(z.string(), z.json())
        .refine(
          (context) => Buffer.byteLength(JSON.stringify(context)) <= LIMITS.handoffContextBytes,
          `must not exceed ${LIMITS.handoffContextBytes} bytes of JSON`,
        ),
    ),
  }),
  z.object({
    managed: z.literal("client"),
    reason: z.enum(["COMPLEX_QUERY", "AGENT_DECISION", "POLICY"]),
    queue: z.string(),
    route: z.string(),
  }),
]);

/**
 * Reads what an agent yielded, without trusting it. What is wrong is left out and named: an unknown type, a text that
 * is none, one attachment of several. URLs are made valid where they can be, see `toUri`.
 *
 * @throws on a handoff that is not valid: to go on as if nothing had been asked would leave the user waiting; and on a
 *   tool call that is not: what it does would not be known to a second attempt
 */
export function readPart(value: unknown): ReadPart {
  const problems: string[] = [];
  if (typeof value !== "object" || value === null) {
    return { part: null, problems: [`a ${value === null ? "null" : typeof value} is no part of an answer`] };
  }
  return { part: read(value as Record<string, unknown>, problems), problems };
}

function read(value: Record<string, unknown>, problems: string[]): SafePart | null {
  const { type } = value;
  switch (type) {
    case "text": {
      const text = readWith(textSchema, value.text, "text", problems);
      return text === null ? null : { type, text };
    }
    case "attachments": {
      const attachments = readList(attachmentSchema, value.attachments, type, problems);
      return {
        type,
        attachments: attachments.filter((one, i) => hasUris(one, `attachments[${i}]`, problems)),
      };
    }
    case "suggestions": {
      const suggestions = readList(suggestionSchema, value.suggestions, type, problems);
      return {
        type,
        suggestions: suggestions.filter(({ message_text }) => isSaid(message_text, "suggestion", problems)),
      };
    }
    case "call_actions": {
      const actions = readList(callActionSchema, value.actions, "actions", problems);
      return {
        type,
        actions: actions.filter((one) => isSaid(one.contact_number, "contact_number", problems)),
      };
    }
    case "language": {
      const language = readWith(languageSchema, value.language, type, problems);
      return language === null ? null : { type, language };
    }
    case "handoff":
      return {
        type,
        handoff: readHandoff(value.handoff),
        ...(Number.isInteger(value.answered) && { answered: Number(value.answered) }),
      };
    case "message_end":
    case "end":
      return { type };
    case "tool_call":
      return readToolCall(value, problems);
    case "tool_result":
      return readToolResult(value, problems);
    case "usage":
      return readUsage(value);
    case "retried":
      return readRetried(value);
    case "chosen":
      return readChosen(value);
    case "memory":
      return readMemory(value, problems);
    default:
      problems.push("a part of an unknown type");
      return null;
  }
}

function readHandoff(value: unknown): Handoff {
  const read = handoffSchema.safeParse(value);
  if (!read.success) throw new TypeError(`handoff is not valid: ${z.prettifyError(read.error)}`);
  return read.data;
}

function readWith<T>(schema: z.ZodType<T>, value: unknown, name: string, problems: string[]): T | null {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  problems.push(`${[name, ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "not valid"}`);
  return null;
}

function readList<T>(schema: z.ZodType<T>, value: unknown, name: string, problems: string[]): T[] {
  const items = readWith(z.array(z.unknown()), value, name, problems) ?? [];
  return items.flatMap((item, i) => readWith(schema, item, `${name}[${i}]`, problems) ?? []);
}

/** Makes the URLs of an attachment valid. One without a picture is of use; one that leads nowhere is not. */
function hasUris(attachment: z.infer<typeof attachmentSchema>, name: string, problems: string[]): boolean {
  const content = toUri(attachment.content_url);
  if (content === null) {
    problems.push(`${name}.content_url is no absolute URL; the attachment is left out`);
    return false;
  }
  const preview = attachment.preview_image_url === "" ? "" : toUri(attachment.preview_image_url);
  if (preview === null)
    problems.push(`${name}.preview_image_url is no absolute URL; the picture is left out`);
  attachment.content_url = content;
  attachment.preview_image_url = preview ?? "";
  return true;
}

function isSaid(text: string, name: string, problems: string[]): boolean {
  if (text.trim() !== "") return true;
  problems.push(`an empty ${name} is left out`);
  return false;
}

function canonicalLanguage(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

const NOTES: Readonly<Record<TurnNote["type"], true>> = {
  tool_call: true,
  tool_result: true,
  usage: true,
  retried: true,
  chosen: true,
  memory: true,
};

/** Whether a part is for the turn's record alone, and nothing that the user gets. */
export const isNote = (part: SafePart): part is TurnNote => Object.hasOwn(NOTES, part.type);

/** Whether a part is something for the user, and not only about it. */
export function isWord(part: SafePart): boolean {
  switch (part.type) {
    case "text":
      return part.text !== "";
    case "attachments":
      return part.attachments.length > 0;
    case "suggestions":
      return part.suggestions.length > 0;
    case "call_actions":
      return part.actions.length > 0;
    default:
      return false;
  }
}
