import { z } from "zod";

/** The longest delay and stall, milliseconds: longer than any patience of a client. */
const MAX_MS = 600_000;
/** What a close frame holds beside its code, bytes [RFC 6455, section 5.5]. */
const MAX_REASON_BYTES = 123;

/** Codes that may stand in a close frame [RFC 6455, section 7.4]. */
const closeCode = z
  .int()
  .refine(
    (code) =>
      (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999),
    {
      error: "must be a code of a close frame: 1000 to 1014 without 1004, 1005 and 1006, or 3000 to 4999",
    },
  )
  .meta({ minimum: 1000, maximum: 4999 });

const milliseconds = z
  .int(`must be a whole number from 1 to ${MAX_MS}`)
  .min(1, `must be a whole number from 1 to ${MAX_MS}`)
  .max(MAX_MS, `must be a whole number from 1 to ${MAX_MS}`);

const connection = z
  .int("must be the number of a connection, as the wire and the session's state have it")
  .optional()
  .describe(
    "The number of one connection. Without it: all that are open, and where the fault lasts, those to come.",
  );

const reason = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= MAX_REASON_BYTES, `must not exceed ${MAX_REASON_BYTES} bytes`)
  .optional();

/** Every fault there is; `describe` is what machines and people are told of it. */
const FAULTS = [
  z
    .strictObject({ fault: z.literal("drop"), code: closeCode.optional(), reason, connection })
    .refine(({ code, reason }) => code !== undefined || reason === undefined, {
      error: "goes with a code alone",
      path: ["reason"],
    })
    .describe("Closes the connection: with this close code, or without one by a TCP reset."),
  z
    .strictObject({ fault: z.literal("stall"), ms: milliseconds.optional(), connection })
    .describe(
      "Nothing goes out and nothing is read, for so long, or without ms until the faults are cleared.",
    ),
  z
    .strictObject({ fault: z.literal("delay"), ms: milliseconds, connection })
    .describe("Every frame, either way, comes so much later, until the faults are cleared."),
  z
    .strictObject({ fault: z.literal("duplicate"), sequence: z.int().min(1).optional(), connection })
    .describe("Sends an event once more: the one of this sequence, or the newest."),
  z
    .strictObject({
      fault: z.literal("cut_mid_stream"),
      chunks: z.int().min(1).max(1_000).default(1),
      connection,
    })
    .describe(
      "Resets the connection in the middle of the next streamed answer: behind so many chunks, within a frame.",
    ),
  z
    .strictObject({ fault: z.literal("restart_agent") })
    .describe("The agent is lost in the middle of its turn, and is asked again as after a crash."),
  z
    .strictObject({ fault: z.literal("expire_token") })
    .describe(
      "Every access token that the session's user has by now is expired: refused with 401 from now on.",
    ),
  z.strictObject({ fault: z.literal("end_idle") }).describe("The session ends as one that was left idle."),
] as const;

export const faultSchema = z.discriminatedUnion("fault", FAULTS, {
  error: `must be one of ${FAULTS.map((schema) => schema.shape.fault.value).join(", ")}`,
});

/** A fault, as it is asked for. */
export type Fault = z.output<typeof faultSchema>;
export type FaultOf<Name extends Fault["fault"]> = Extract<Fault, { fault: Name }>;
/** Those that stay until they have happened, their time is over, or they are cleared. */
export type LastingFault = FaultOf<"stall" | "delay" | "cut_mid_stream">;

/** All faults for machines: the name, what it does, and the JSON Schema of its body. */
export const faultCatalogue = FAULTS.map((schema) => ({
  fault: schema.shape.fault.value,
  summary: schema.description ?? "",
  schema: z.toJSONSchema(schema, { io: "input" }),
}));
