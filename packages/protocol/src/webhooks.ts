import { z } from "zod";
import { HANDOFF_OUTCOMES, handoffSchema } from "./handoffs.ts";
import { attributesSchema } from "./http.ts";

const moment = z.iso.datetime();
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const names = { handoff_id: z.string(), session_id: z.string() };

/** One message of a conversation, as whoever takes over reads it. */
export const transcriptLine = z.object({
  from: z.enum(["user", "agent", "person"]),
  name: z.string().optional().describe("Of an agent or a person, where it is known."),
  text: z.string().describe("Markdown, unless it is the user's."),
  attachments: z
    .array(z.object({ title: z.string(), url: z.string() }))
    .min(1)
    .optional(),
  at: moment.describe("When it began."),
});
export type TranscriptLine = z.infer<typeof transcriptLine>;

const told = <Type extends string, Data extends z.ZodRawShape>(type: Type, data: Data) =>
  z.object({
    type: z.literal(type),
    timestamp: moment.describe("When it happened."),
    data: z.object({ ...names, ...data }),
  });

/** What a receiver of webhooks is told, one body each; see docs/handoff.md. */
export const webhookBodies = {
  "handoff.requested": told("handoff.requested", {
    connector: z.string(),
    queue: z.string().nullable(),
    ...handoffSchema.pick({ initiator: true, reason: true, summary: true, context: true }).shape,
    times_out_at: moment.nullable(),
    user: z.object({
      attributes: attributesSchema.describe("What the user's client claims."),
      verified_context: values.nullable().describe("What the connector's backend vouches for."),
      locale: z.string().nullable(),
      platform: z.string(),
      device_type: z.string().nullable(),
    }),
    session_created_at: moment,
    transcript: z.array(transcriptLine).describe("The newest messages, oldest first."),
    transcript_is_complete: z.boolean(),
    transcript_url: z.string().describe("A path where `publicUrl` is not set."),
    commands_url: z.string().describe("A path where `publicUrl` is not set."),
  }),
  "handoff.transferred": told("handoff.transferred", {
    queue: z.string().nullable(),
    display_message: z.string().nullable(),
  }),
  "handoff.ended": told("handoff.ended", {
    outcome: z.enum(HANDOFF_OUTCOMES),
    reason: z.string().nullable(),
    agent_is_back: z.boolean(),
  }),
  "user.message": told("user.message", { event_id: z.string(), sequence: z.int(), text: z.string() }),
  "user.context": told("user.context", { verified_context: values.describe("In full.") }),
  "user.typing": told("user.typing", { state: z.enum(["started", "stopped"]) }),
  "user.presence": told("user.presence", {
    presence: z.enum(["there", "reconnecting", "gone"]).describe("`gone`: nobody was connected for 30 s."),
  }),
};
export type WebhookBody = z.infer<(typeof webhookBodies)[keyof typeof webhookBodies]>;
