import { LIMITS } from "@parley/protocol";
import { attachmentSchema, suggestionSchema } from "@parley/protocol/schemas";
import { z } from "zod";
import { toUri } from "../agents/uri.ts";
import type { HandoffCommand } from "../conversation/handoff.ts";

/** Lines that users or colleagues read beside the talk, characters. */
const LINE = 1_000;
/** Names and ids. */
const NAME = 200;
/** What is longer is a document, UTF-8 bytes. */
const NOTE_BYTES = 16_384;
/** Cards and replies of one message; more is of no use on a phone. */
const MOST = 20;

const line = (most: number) =>
  z
    .string("must be a text")
    .refine((text) => text.trim() !== "", "must not be empty")
    .max(most, `must not exceed ${most} characters`)
    .transform((text) => text.toWellFormed());

const words = (most: number) =>
  z
    .string("must be a text")
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine((text) => Buffer.byteLength(text) <= most, `must not exceed ${most} bytes`)
    .transform((text) => text.toWellFormed());

const URI = "must be an absolute URL, percent-encoded (RFC 3986)";
const uri = z.string(URI).refine((text) => toUri(text) === text, URI);
const uriOrEmpty = z.union([z.literal(""), uri], URI);

const name = line(NAME);
const whole = z.int("must be a whole number").min(0, "must not be negative").max(LIMITS.maxSequence);
const agentId = { agent_id: name.optional() };
const reason = { reason: line(LINE).optional() };
const seen = { seen: whole.optional() };

/**
 * A command as programs write it in JSON, in the words of the protocol's events. What it becomes is a `HandoffCommand`;
 * what each does stands there.
 */
export const commandSchema = z.discriminatedUnion(
  "type",
  [
    z
      .strictObject({ type: z.literal("accept"), queue_name: name.optional() })
      .transform(({ queue_name: queue }) => ({ kind: "accept" as const, ...given({ queue }) })),
    z
      .strictObject({
        type: z.literal("queue"),
        queue_name: name.optional(),
        position_in_queue: whole.optional(),
        estimated_wait_seconds: z.number("must be a number").min(0).optional(),
        display_message: line(LINE).optional(),
      })
      .transform((status) => ({
        kind: "queue" as const,
        status: given({
          queue: status.queue_name,
          position: status.position_in_queue,
          estimatedWaitSeconds: status.estimated_wait_seconds,
          message: status.display_message,
        }),
      })),
    z
      .strictObject({
        type: z.literal("join"),
        agent: z.strictObject({ id: name, name, avatar_url: uriOrEmpty.default("") }, "must be an object"),
      })
      .transform(({ agent: { id, name, avatar_url: avatarUrl } }) => ({
        kind: "join" as const,
        person: { id, name, avatarUrl },
      })),
    z
      .strictObject({
        type: z.literal("typing"),
        state: z.enum(["started", "stopped"], "must be started or stopped"),
        ...agentId,
      })
      .transform(({ state, agent_id: person }) => ({
        kind: "typing" as const,
        isTyping: state === "started",
        ...given({ person }),
      })),
    z
      .strictObject({
        type: z.literal("message"),
        text: words(LIMITS.agentMessageBytes),
        attachments: z
          .array(
            z.strictObject({
              ...attachmentSchema.shape,
              content_url: uri,
              preview_image_url: uriOrEmpty.default(""),
              call_to_action_text: z.string().default(""),
            }),
          )
          .max(MOST)
          .optional(),
        response_suggestions: z.array(z.strictObject(suggestionSchema.shape)).max(MOST).optional(),
        ...agentId,
      })
      .transform(({ text, attachments, response_suggestions, agent_id: person }) => ({
        kind: "message" as const,
        text,
        ...given({ attachments, person, suggestions: response_suggestions?.map(suggestion) }),
      })),
    z
      .strictObject({ type: z.literal("note"), text: words(NOTE_BYTES), author: name.optional() })
      .transform(({ text, author }) => ({ kind: "note" as const, text, ...given({ author }) })),
    z
      .strictObject({
        type: z.literal("transfer"),
        queue_name: name.optional(),
        display_message: line(LINE).optional(),
        ...seen,
        ...agentId,
      })
      .transform(({ queue_name: queue, display_message: message, seen, agent_id: person }) => ({
        kind: "transfer" as const,
        ...given({ queue, message, seen, person }),
      })),
    z
      .strictObject({ type: z.literal("return"), ...reason, ...seen, ...agentId })
      .transform(({ reason, seen, agent_id: person }) => ({
        kind: "return" as const,
        ...given({ reason, seen, person }),
      })),
    z
      .strictObject({ type: z.literal("end"), ...reason, ...agentId })
      .transform(({ reason, agent_id: person }) => ({ kind: "end" as const, ...given({ reason, person }) })),
    z
      .strictObject({ type: z.literal("fail"), ...reason })
      .transform(({ reason }) => ({ kind: "fail" as const, ...given({ reason }) })),
    z
      .strictObject({ type: z.literal("time_out"), ...reason })
      .transform(({ reason }) => ({ kind: "time_out" as const, ...given({ reason }) })),
  ],
  {
    error: "must be one of accept, queue, join, typing, message, note, transfer, return, end, fail, time_out",
  },
) satisfies z.ZodType<HandoffCommand>;

type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** Without what was not said. */
const given = <Values extends object>(values: Values): Given<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;

const suggestion = ({ message_text, payload }: z.infer<typeof suggestionSchema>) => ({
  message_text,
  ...(payload !== undefined && { payload }),
});
