import { z } from "zod";
import { type ClientEventType, EVENT, TRANSIENT_TYPES } from "../event-types.ts";
import { clientPayloadSchemas, payloadSchemas, type SingleEventType } from "../events.ts";
import { attributesSchema } from "../http.ts";
import { LIMITS } from "../limits.ts";
import { CLIENT_SUMMARIES, SUMMARIES } from "./summaries.ts";

/** A JSON Schema, or a part of one. */
export type Schema = Record<string, unknown>;

/** The dialect: OpenAPI 3.1 and plain JSON Schema speak 2020-12, AsyncAPI 3 speaks draft 7. */
export type Dialect = "draft-2020-12" | "draft-7";

/** Types of events without what all of them begin with. */
export const shortName = (type: string): string => type.replace(/^EVENT_TYPE_/, "");

/** What a zod schema accepts, as JSON Schema. Keys beyond are left open: later releases may add some. */
export function toJsonSchema(schema: z.ZodType, target: Dialect): Schema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target,
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      // A rule in code, which the conversion cannot see.
      if (zodSchema === attributesSchema) jsonSchema.maxProperties = LIMITS.attributeKeys;
    },
  }) as Schema;
  return rest;
}

const object = (properties: Schema, required: readonly string[], more: Schema = {}): Schema => ({
  type: "object",
  ...more,
  properties,
  required,
});

/** UTC RFC 3339 with exactly three fractional digits [section 3]. */
const TIMESTAMP = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$";

const envelope = (type: string, summary: string, sequence: Schema, payload: Schema): Schema =>
  object(
    {
      id: {
        type: "string",
        format: "uuid",
        description: "Never reused, and the same at every replay.",
      },
      sequence,
      timestamp: {
        type: "string",
        format: "date-time",
        pattern: TIMESTAMP,
        description: "UTC, in milliseconds.",
      },
      type: { const: type },
      payload,
      metadata: object(
        { custom: { type: "object", description: "The client's own object, equal to what it sent." } },
        ["custom"],
        { description: "On what answers a frame that had it." },
      ),
    },
    ["id", "sequence", "timestamp", "type", "payload"],
    { title: shortName(type), description: summary },
  );

const transientSequence: Schema = { type: "null", description: "Transient: not in the session's journal." };
const journaledSequence: Schema = {
  type: "integer",
  minimum: 1,
  maximum: LIMITS.maxSequence,
  description: "Its place in the session's journal: 1, 2, 3 … without a gap.",
};

/**
 * The schema of every event a server sends, by its short name; `EVENT_BATCH` refers to the others.
 * @param refer makes a reference to one of them
 */
export function serverEventSchemas(
  dialect: Dialect,
  refer: (name: string) => Schema,
): Record<string, Schema> {
  const types = Object.keys(payloadSchemas) as SingleEventType[];
  const single = types.map((type): [string, Schema] => {
    const sequence = TRANSIENT_TYPES.has(type) ? transientSequence : journaledSequence;
    const payload = toJsonSchema(payloadSchemas[type], dialect);
    return [shortName(type), envelope(type, SUMMARIES[type], sequence, payload)];
  });
  const journaled = types.filter((type) => !TRANSIENT_TYPES.has(type)).map(shortName);
  const events = { type: "array", items: { oneOf: journaled.map(refer) }, maxItems: LIMITS.batchEvents };
  const batch = envelope(
    EVENT.EVENT_BATCH,
    SUMMARIES[EVENT.EVENT_BATCH],
    transientSequence,
    object({ events }, ["events"]),
  );
  return Object.fromEntries([...single, [shortName(EVENT.EVENT_BATCH), batch]]);
}

/** The schema of each of the five events a client sends, by its short name. */
export function clientEventSchemas(dialect: Dialect): Record<string, Schema> {
  const types = Object.keys(clientPayloadSchemas) as ClientEventType[];
  return Object.fromEntries(
    types.map((type) => {
      const payload = toJsonSchema(clientPayloadSchemas[type], dialect);
      const needsPayload = !clientPayloadSchemas[type].safeParse({}).success;
      const custom = {
        type: "object",
        description: `Echoed as it came. \`local_id\`, or else \`client_event_id\`, a text of 1 to ${LIMITS.keyLength} characters, names a message for the session's whole life: a second copy is the same message. At most ${LIMITS.customBytes} bytes as JSON, at most ${LIMITS.customDepth} deep.`,
      };
      const schema = object(
        { type: { const: type }, payload, metadata: object({ custom }, []) },
        ["type", ...(needsPayload ? ["payload"] : [])],
        { title: shortName(type), description: CLIENT_SUMMARIES[type] },
      );
      return [shortName(type), schema];
    }),
  );
}
