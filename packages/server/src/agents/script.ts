import { readFileSync } from "node:fs";
import { attachmentSchema, callActionSchema, suggestionSchema } from "@parley/protocol/schemas";
import { z } from "zod";
import { handoffSchema, languageSchema } from "./parts.ts";
import { toUri } from "./uri.ts";

/** The longest pause of a script, seconds. */
export const LONGEST_DELAY_SECONDS = 60;

const uri = z
  .string()
  .refine((text) => toUri(text) === text, "must be an absolute URL, percent-encoded (RFC 3986)");
const text = z
  .union([z.string(), z.array(z.string())], "must be a text or a list of lines")
  .transform((given) => (typeof given === "string" ? given : given.join("\n")))
  .refine((given) => given.trim() !== "", "must not be empty");

/** What the agent says, in this order; all but one may be left out. */
const replySchema = z.strictObject({
  /** Seconds of thought before the first word; `"{1}"` takes them from the pattern's first group. */
  delay_seconds: z
    .union(
      [z.number().min(0).max(LONGEST_DELAY_SECONDS), z.string().regex(/^\{[1-9]\}$/)],
      `must be a number from 0 to ${LONGEST_DELAY_SECONDS}, or a group of the pattern such as "{1}"`,
    )
    .optional(),
  /** BCP-47. */
  language: languageSchema.optional(),
  /**
   * Markdown. `{text}` is the user's text, `{1}` to `{9}` are groups of the pattern, `{reason}` why nobody took over,
   * `{person}` who gave the conversation back.
   */
  text: text.optional(),
  /** Milliseconds between two words; without it the text comes at once. */
  pace_ms: z.number().int().min(1).max(1_000).optional(),
  attachments: z
    .array(
      z.strictObject({
        ...attachmentSchema.shape,
        preview_image_url: z.union(
          [z.literal(""), uri],
          "must be empty or an absolute URL, percent-encoded (RFC 3986)",
        ),
        content_url: uri,
      }),
    )
    .optional(),
  suggestions: z.array(z.strictObject(suggestionSchema.shape)).optional(),
  call_actions: z.array(z.strictObject(callActionSchema.shape)).optional(),
  handoff: handoffSchema.optional(),
  /** The conversation is over. */
  end: z.literal(true).optional(),
  /** Fails on purpose: before its first word, or after half of its text. */
  fail: z.enum(["before", "midway"]).optional(),
});
export type Reply = z.output<typeof replySchema>;

const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, "iu");
  } catch (error) {
    context.addIssue({ code: "custom", message: `is no regular expression: ${(error as Error).message}` });
    return z.NEVER;
  }
});

const ruleSchema = z
  .strictObject({
    /** Words or phrases, any case, anywhere in the user's text; one of them is enough. */
    words: z.array(z.string().min(1)).min(1).optional(),
    /** A regular expression in place of the words; any case. */
    pattern: pattern.optional(),
    reply: replySchema,
  })
  .refine(
    ({ words, pattern }) => (words === undefined) !== (pattern === undefined),
    "needs either words or a pattern",
  );

const scriptSchema = z.strictObject({
  /** So that an editor can check the file; not read. */
  $schema: z.string().optional(),
  name: z.string().min(1),
  avatar_url: z
    .union([z.literal(""), uri], "must be empty or an absolute URL, percent-encoded (RFC 3986)")
    .default(""),
  /** To somebody who has just come in; without it the connector's default greeting is used. */
  greeting: replySchema.default({}),
  /** When nobody took the conversation over. */
  returned: replySchema.default({}),
  /** When a person gives the conversation back. */
  given_back: replySchema.default({ text: "I'm back. What else can I do for you?" }),
  /** The first that fits answers a message. */
  rules: z.array(ruleSchema).default([]),
  /** Where no rule fits. */
  fallback: replySchema,
});

/** A script as it is written. */
export type ScriptSource = z.input<typeof scriptSchema>;
/** A script that was checked. */
export type Script = z.output<typeof scriptSchema>;

/** A script that cannot be used; the message names every fault and where it stands. */
export class ScriptError extends Error {
  override name = "ScriptError";
}

/** Checks a script. @throws ScriptError */
export function parseScript(source: unknown, name = "the script"): Script {
  const read = scriptSchema.safeParse(source);
  if (read.success) return read.data;
  throw new ScriptError(`${name} is not valid:\n${z.prettifyError(read.error)}`);
}

/** Reads a script from a JSON file. @throws ScriptError */
export function readScript(path: string | URL): Script {
  let source: unknown;
  try {
    source = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ScriptError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return parseScript(source, String(path));
}
