import { z } from "zod";
import {
  HANDOFF_STATES,
  handOverBody,
  handoffCommandAnswer,
  handoffCommandSchema,
  handoffSchema,
  handoffsAnswer,
} from "../handoffs.ts";
import type { ErrorAnswer } from "../http.ts";
import { type Schema, toJsonSchema } from "./event-schemas.ts";
import { webhookSchemas, webhooks } from "./openapi-webhooks.ts";
import { header } from "./parameters.ts";
import { VERSION } from "./version.ts";

const DIALECT = "draft-2020-12";

const errorAnswer = z.object({
  error: z.string(),
  message: z.string().describe("The same text as `error`."),
  code: z.string(),
  correlation_id: z.string(),
}) satisfies z.ZodType<ErrorAnswer>;

const json = (name: string): Schema => ({
  "application/json": { schema: { $ref: `#/components/schemas/${name}` } },
});
const success = (description: string, name: string): Schema => ({ description, content: json(name) });

/** Refusals by status. */
const refusals = (texts: Record<number, string>): Schema =>
  Object.fromEntries(
    Object.entries({
      401: "No operator key, or an unknown one.",
      403: "The key lacks the scope.",
      ...texts,
    }).map(([status, description]) => [status, success(description, "Error")]),
  );

const path = (name: string, description: string): Schema => ({
  ...header(name, description, true),
  in: "path",
});
const query = (name: string, description: string, schema: Schema = { type: "string" }): Schema => ({
  name,
  in: "query",
  description,
  schema,
});
const key: Schema = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "A second request of the same key is the first one again: it gets the same answer, and nothing happens.",
  schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,128}$" },
};
const moment: Schema = { type: "string", format: "date-time" };

const HANDOFF = path("handoff_id", "The handoff.");

const paths = (): Schema => ({
  "/api/v1/sessions/{session_id}/handoff": {
    post: {
      operationId: "handOver",
      summary: "Has a person take an open conversation over from the agent. Scope `handoffs:write`.",
      parameters: [path("session_id", "The session."), key],
      requestBody: { required: false, content: json("HandOver") },
      responses: {
        202: success("The request is on disk, and somebody is looked for.", "HandoffRequested"),
        ...refusals({
          400: "The body or the key is not valid.",
          404: "There is no such session.",
          409: "It has ended, is handed off already, or no agent has joined; or the key was used for another request.",
          413: "The body is too large.",
          429: "The session has had too many.",
          503: "It can be tried again.",
        }),
      },
    },
  },
  "/api/v1/handoffs": {
    get: {
      operationId: "listHandoffs",
      summary: "Handoffs, newest first. Scope `handoffs:read`.",
      parameters: [
        query("state", "A state, or several under one name.", {
          type: "string",
          enum: ["open", "waiting", "over", ...HANDOFF_STATES],
        }),
        query("queue", "The queue."),
        query("provider", "Who is asked."),
        query("connector", "The session's connector."),
        query("session_id", "The session."),
        query("since", "Requested at this time or later.", moment),
        query("before", "Requested before this time.", moment),
        query("limit", "At most so many.", { type: "integer", minimum: 1, maximum: 200, default: 50 }),
        query("cursor", "The `next_cursor` of the page before."),
      ],
      responses: {
        200: success("A page.", "Handoffs"),
        ...refusals({ 400: "A parameter is not valid." }),
      },
    },
  },
  "/api/v1/handoffs/{handoff_id}": {
    get: {
      operationId: "readHandoff",
      summary: "One handoff. Scope `handoffs:read`.",
      parameters: [HANDOFF],
      responses: {
        200: success("The handoff.", "Handoff"),
        ...refusals({ 404: "There is no such handoff." }),
      },
    },
  },
  "/api/v1/handoffs/{handoff_id}/commands": {
    post: {
      operationId: "commandHandoff",
      summary: "What a program that takes conversations over does with one. Scope `handoffs:answer`.",
      parameters: [HANDOFF, key],
      requestBody: { required: true, content: json("Command") },
      responses: {
        200: success("It is on disk, now or since an earlier copy.", "CommandAnswer"),
        ...refusals({
          400: "The body or the key is not valid.",
          404: "There is no such handoff.",
          409: "It is not possible where the handoff is now, and has changed nothing.",
          413: "The body is too large.",
          429: "The session has had too many.",
          503: "It can be tried again.",
        }),
      },
    },
  },
});

/** Handoffs for those who run the server and for programs that take over, as OpenAPI 3.1. */
export function openApiOfHandoffs(): Schema {
  return {
    openapi: "3.1.0",
    info: {
      title: "Parley: handoffs",
      version: VERSION,
      description: "People take over, by HTTP. docs/handoff.md says what schemas cannot.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://localhost:8080" }],
    security: [{ operatorKey: [] }],
    paths: paths(),
    webhooks: webhooks(),
    components: {
      securitySchemes: { operatorKey: { type: "http", scheme: "bearer" } },
      schemas: {
        HandOver: toJsonSchema(handOverBody, DIALECT),
        HandoffRequested: {
          type: "object",
          properties: { handoff_id: { type: "string" } },
          required: ["handoff_id"],
        },
        Handoff: toJsonSchema(handoffSchema, DIALECT),
        Handoffs: toJsonSchema(handoffsAnswer, DIALECT),
        Command: toJsonSchema(handoffCommandSchema, DIALECT),
        CommandAnswer: toJsonSchema(handoffCommandAnswer, DIALECT),
        Error: toJsonSchema(errorAnswer, DIALECT),
        ...webhookSchemas(DIALECT),
      },
    },
  };
}
