import { webhookBodies } from "../webhooks.ts";
import { type Dialect, type Schema, toJsonSchema } from "./event-schemas.ts";
import { header } from "./parameters.ts";

type Type = keyof typeof webhookBodies;

const SUMMARIES: Readonly<Record<Type, string>> = {
  "handoff.requested": "Somebody is looked for. A 2xx takes the handoff.",
  "handoff.transferred": "It waits again, for another person or in another queue.",
  "handoff.ended": "It is over. The last of its handoff.",
  "user.message": "The user has written.",
  "user.context": "The connector's backend has vouched for the user since.",
  "user.typing": "The user writes, or has stopped.",
  "user.presence": "Whether the user's client is connected.",
};
const TYPES = Object.keys(SUMMARIES) as Type[];

/** `user.typing` as `UserTypingDelivery`. */
const nameOf = (type: Type): string =>
  `${type.replaceAll(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase())}Delivery`;

/** What Standard Webhooks 1.0 asks for. */
const HEADERS = [
  header("webhook-id", "The same in every attempt: what has an id that was carried out is a copy.", true),
  header("webhook-timestamp", "Of this attempt, seconds since 1970.", true),
  header(
    "webhook-signature",
    "`v1,` and base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`; one a secret.",
    true,
  ),
];

/** The schemas of the bodies, by name. */
export const webhookSchemas = (dialect: Dialect): Schema =>
  Object.fromEntries(TYPES.map((type) => [nameOf(type), toJsonSchema(webhookBodies[type], dialect)]));

/** For `webhooks` of OpenAPI 3.1: one for each type of body. */
export const webhooks = (): Schema =>
  Object.fromEntries(
    TYPES.map((type) => [
      type,
      {
        post: {
          operationId: `take${nameOf(type)}`,
          summary: SUMMARIES[type],
          security: [],
          parameters: HEADERS,
          requestBody: {
            required: true,
            content: { "application/json": { schema: { $ref: `#/components/schemas/${nameOf(type)}` } } },
          },
          responses: {
            "2XX": { description: "It has arrived; the next may come." },
            410: { description: "No more, ever: the handoff has failed." },
            default: { description: "It is to be sent again." },
          },
        },
      },
    ]),
  );
