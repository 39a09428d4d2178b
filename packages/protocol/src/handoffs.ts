import { z } from "zod";
import { attachmentSchema, suggestionSchema } from "./events.ts";
import { LIMITS } from "./limits.ts";

/** Where a handoff is; the last four are its end. */
export const HANDOFF_STATES = [
  "requested",
  "accepted",
  "queued",
  "joined",
  "ended",
  "failed",
  "timed_out",
  "cancelled",
] as const;

/** How it ended. */
export const HANDOFF_OUTCOMES = [
  "completed",
  "returned",
  "failed",
  "timed_out",
  "user_ended",
  "user_abandoned",
  "redirected",
] as const;

/** Lines that users or colleagues read beside the talk, characters. */
const LINE = 1_000;
/** Names and ids, characters. */
const NAME = 200;
/** What is longer is a document, UTF-8 bytes. */
const NOTE_BYTES = 16_384;
/** Cards and replies of one message; more is of no use on a phone. */
const MOST = 20;

const encoder = new TextEncoder();

const text = () => z.string("must be a text").refine((given) => given.trim() !== "", "must not be empty");
const line = (most: number) => text().max(most, `must not exceed ${most} characters`);
const words = (most: number) =>
  text()
    .refine((given) => encoder.encode(given).length <= most, `must not exceed ${most} bytes`)
    .describe(`At most ${most} bytes of UTF-8.`);
const whole = z.int("must be a whole number").min(0, "must not be negative").max(LIMITS.maxSequence);

const name = line(NAME);
const queue = { queue_name: name.optional() };
const agentId = {
  agent_id: name.optional().describe("Who: refused where somebody else has joined by now."),
};
const seen = {
  seen: whole
    .optional()
    .describe("The sequence of the last event that the person had before their eyes; default: all."),
};
const displayMessage = { display_message: line(LINE).optional().describe("A line for the user.") };
const reason = (whom: string) => ({ reason: line(LINE).optional().describe(`For ${whom}.`) });

/** What a program that takes conversations over does, one command a request; see docs/handoff.md. */
export const handoffCommandSchema = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("accept"), ...queue }),
    z.strictObject({
      type: z.literal("queue"),
      ...queue,
      position_in_queue: whole.optional(),
      estimated_wait_seconds: z.number("must be a number").min(0, "must not be negative").optional(),
      ...displayMessage,
    }),
    z.strictObject({
      type: z.literal("join"),
      agent: z.strictObject(
        { id: name, name, avatar_url: z.string("must be a text").default("") },
        "must be an object",
      ),
    }),
    z.strictObject({
      type: z.literal("typing"),
      state: z.enum(["started", "stopped"], "must be started or stopped"),
      ...agentId,
    }),
    z.strictObject({
      type: z.literal("message"),
      text: words(LIMITS.agentMessageBytes),
      attachments: z
        .array(
          z.strictObject({
            ...attachmentSchema.shape,
            preview_image_url: z.string().default(""),
            call_to_action_text: z.string().default(""),
          }),
        )
        .max(MOST)
        .optional(),
      response_suggestions: z.array(z.strictObject(suggestionSchema.shape)).max(MOST).optional(),
      ...agentId,
    }),
    z.strictObject({ type: z.literal("note"), text: words(NOTE_BYTES), author: name.optional() }),
    z.strictObject({ type: z.literal("transfer"), ...queue, ...displayMessage, ...seen, ...agentId }),
    z.strictObject({ type: z.literal("return"), ...reason("the agent"), ...seen, ...agentId }),
    z.strictObject({ type: z.literal("end"), ...reason("the user's client"), ...agentId }),
    z.strictObject({ type: z.literal("fail"), ...reason("the user") }),
    z.strictObject({ type: z.literal("time_out"), ...reason("the user") }),
  ],
  {
    error: "must be one of accept, queue, join, typing, message, note, transfer, return, end, fail, time_out",
  },
);
export type HandoffCommandBody = z.output<typeof handoffCommandSchema>;

/** What became of a command. */
export const handoffCommandAnswer = z.object({
  sequence: z.int().nullable().describe("Of the message's event; null for every other command."),
  repeated: z.boolean().describe("Whether it was carried out before, under the same key."),
});

/** What an operator wants a person to take over; see docs/handoff.md. */
export const handOverBody = z.strictObject(
  {
    queue: text().optional(),
    reason: words(LIMITS.handoffReasonBytes).optional(),
    summary: words(LIMITS.handoffSummaryBytes).optional(),
    context: z
      .record(z.string(), z.unknown(), "must be an object")
      .refine(
        (given) => encoder.encode(JSON.stringify(given)).length <= LIMITS.handoffContextBytes,
        `must not exceed ${LIMITS.handoffContextBytes} bytes`,
      )
      .optional()
      .describe(`At most ${LIMITS.handoffContextBytes} bytes as JSON.`),
  },
  "must be an object",
);

const moment = z.iso.datetime().nullable();

/** A handoff as operators see it. */
export const handoffSchema = z.object({
  handoff_id: z.string(),
  session_id: z.string(),
  connector: z.string(),
  provider: z
    .string()
    .describe("Who is asked: `desk`, `api`, `none` or another; `client` where the client manages it."),
  queue: z.string().nullable(),
  state: z.enum(HANDOFF_STATES),
  initiator: z.enum(["agent", "operator", "rule"]),
  reason: z.string().nullable(),
  summary: z.string().nullable(),
  context: z.record(z.string(), z.unknown()).nullable(),
  agent: z
    .object({ id: z.string(), name: z.string(), avatar_url: z.string() })
    .nullable()
    .describe("The person who has it, or had it last."),
  transfers: z.int(),
  position_in_queue: z.number().nullable(),
  estimated_wait_seconds: z.number().nullable(),
  requested_at: z.iso.datetime(),
  accepted_at: moment,
  queued_at: moment,
  joined_at: moment,
  times_out_at: moment,
  ended_at: moment,
  outcome: z.enum(HANDOFF_OUTCOMES).nullable(),
  outcome_reason: z.string().nullable(),
});
export type HandoffView = z.infer<typeof handoffSchema>;

/** A page of the list. */
export const handoffsAnswer = z.object({
  handoffs: z.array(handoffSchema),
  next_cursor: z.string().nullable(),
});
