import { z } from "zod";
import { HTTP_ERRORS, type HttpFault, UPGRADE_ERRORS } from "../errors.ts";
import {
  type AccessTokenAnswer,
  createSessionSchema,
  type ErrorAnswer,
  type SessionAnswer,
} from "../http.ts";
import { LIMITS } from "../limits.ts";
import { type Schema, toJsonSchema } from "./event-schemas.ts";
import { header } from "./parameters.ts";
import { VERSION } from "./version.ts";

const DIALECT = "draft-2020-12";

const accessTokenAnswer = z.object({
  access_token: z
    .string()
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    .describe("A JWT, HS256."),
  expires_in: z.number().int().describe("Seconds."),
  token_type: z.literal("Bearer"),
}) satisfies z.ZodType<AccessTokenAnswer>;

const sessionAnswer = z.object({
  session_id: z.uuid({ version: "v4" }),
  resume_token: z.string().min(1).describe("For `X-Resume`, when the access token has expired."),
}) satisfies z.ZodType<SessionAnswer>;

const errorAnswer = z.object({
  error: z.string(),
  message: z.string().describe("The same text as `error`."),
  code: z.string().regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/),
  correlation_id: z.string(),
}) satisfies z.ZodType<ErrorAnswer>;

const contextBody = z.object({
  token: z
    .string()
    .describe(`A JWT of the connector's own backend, at most ${LIMITS.contextTokenBytes} bytes.`),
});

/** The body of a creation, with what is a rule in code, and no JSON Schema can say, in words. */
function createSessionBody(): Schema {
  const schema = toJsonSchema(createSessionSchema, DIALECT) as { properties: Record<string, Schema> };
  const { attributes, locale, ...others } = schema.properties;
  return {
    ...schema,
    properties: {
      ...others,
      locale: { ...locale, description: "A BCP-47 language tag." },
      attributes: {
        ...attributes,
        description: `What the client claims of itself: a flat object of at most ${LIMITS.attributeKeys} keys and ${LIMITS.attributeBytes} bytes.`,
      },
    },
  };
}

const CORRELATION = "X-PolyAI-Correlation-Id";
const headers = { [CORRELATION]: { $ref: "#/components/headers/CorrelationId" } };
const json = (schema: Schema, more: Schema = {}): Schema => ({ "application/json": { schema, ...more } });
const refer = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const success = (description: string, name: string): Schema => ({
  description,
  headers,
  content: json(refer(name)),
});

/** The refusals of an operation by status, each with the texts it may have. */
function refusals(...faults: HttpFault[]): Record<string, Schema> {
  const statuses = Object.groupBy(faults, ({ status }) => status);
  return Object.fromEntries(
    Object.entries(statuses).map(([status, same = []]) => {
      const examples = Object.fromEntries(
        same.map(({ code, message }) => [
          code,
          {
            value: { error: message, message, code, correlation_id: "0c3a4f7e-0f5e-4c0b-9b63-7b8f5d2f6f10" },
          },
        ]),
      );
      const retry = { "Retry-After": { $ref: "#/components/headers/RetryAfter" } };
      return [
        status,
        {
          description: same.map(({ message }) => message).join(" · "),
          headers: { ...headers, ...(same.includes(HTTP_ERRORS.tooMany) && retry) },
          content: json(refer("Error"), { examples }),
        },
      ];
    }),
  );
}

const query = (name: string, description: string, required = false): Schema => ({
  ...header(name, description, required),
  in: "query",
});

const correlation = header(
  CORRELATION,
  `1 to ${LIMITS.correlationIdLength} of [A-Za-z0-9._-]; the answer carries it again.`,
);
const { tooMany, requestTimeout, bodyTooLarge, missingToken, missingHeaders, invalidToken, badRequest } =
  HTTP_ERRORS;
/** A refusal whose text says which rule of section 8 failed. */
const contextRejected = (status: 400 | 401): HttpFault => ({
  status,
  code: "CONTEXT_REJECTED",
  message: "Context rejected: …",
});

const paths = (): Schema => ({
  "/api/v1/access-token": {
    post: {
      operationId: "createAccessToken",
      summary: "An access token, for a fresh user or, with X-Resume, for a session's own.",
      security: [],
      parameters: [
        header("X-Token", "The connector's token.", true),
        header("X-Host", "A domain or app id that is registered with the connector.", true),
        header("X-Resume", "`<session_id>.<resume_token>`: the new token has that session's user."),
        correlation,
      ],
      requestBody: { required: false, content: json({ type: "object" }) },
      responses: {
        200: success("The token.", "AccessToken"),
        ...refusals(
          missingHeaders,
          HTTP_ERRORS.unknownConnector,
          HTTP_ERRORS.wrongHost,
          HTTP_ERRORS.noHosts,
          HTTP_ERRORS.resumeFailed,
          requestTimeout,
          bodyTooLarge,
          tooMany,
          HTTP_ERRORS.tokenFailed,
        ),
      },
    },
  },
  "/api/v1/sessions": {
    post: {
      operationId: "createSession",
      summary:
        "A session. The same UUID as correlation id, user and body within 60 s are a retry: the same answer again.",
      parameters: [correlation],
      requestBody: { required: false, content: json(refer("CreateSession")) },
      responses: {
        200: success("The session.", "Session"),
        ...refusals(
          missingToken,
          badRequest,
          missingHeaders,
          invalidToken,
          HTTP_ERRORS.wrongHost,
          requestTimeout,
          bodyTooLarge,
          tooMany,
          HTTP_ERRORS.sessionFailed,
        ),
      },
    },
  },
  "/api/v1/sessions/{session_id}/context": {
    post: {
      operationId: "setContext",
      summary: "What the connector's own backend knows of the user; replaces what was there.",
      parameters: [{ ...header("session_id", "The session.", true), in: "path" }, correlation],
      requestBody: { required: true, content: json(refer("Context")) },
      responses: {
        204: { description: "Taken.", headers },
        ...refusals(
          missingToken,
          badRequest,
          contextRejected(400),
          missingHeaders,
          invalidToken,
          HTTP_ERRORS.wrongHost,
          contextRejected(401),
          HTTP_ERRORS.sessionNotFound,
          requestTimeout,
          bodyTooLarge,
          tooMany,
          HTTP_ERRORS.unavailable,
        ),
      },
    },
  },
  "/ws": {
    get: {
      operationId: "openSocket",
      summary: "The upgrade to a WebSocket; what is said there is in asyncapi.json.",
      security: [],
      parameters: [
        query("session_id", "The session.", true),
        query("access_token", "Of the user whose session it is; `auth_token` stands for it too.", true),
        query(
          "cursor",
          "The highest sequence the client has seen, as `12` or `seq:12`; what cannot be read is 0.",
        ),
      ],
      responses: {
        101: { description: "The socket is open." },
        ...refusals(...Object.values(UPGRADE_ERRORS)),
      },
    },
  },
});

/** The HTTP half of the protocol, as OpenAPI 3.1. */
export function openApi(): Schema {
  return {
    openapi: "3.1.0",
    info: {
      title: "Parley: the handshake",
      version: VERSION,
      description: "What a client asks for over HTTP. docs/protocol.md says what schemas cannot.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://localhost:8080" }],
    security: [{ accessToken: [] }],
    paths: paths(),
    components: {
      securitySchemes: { accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      headers: {
        CorrelationId: {
          description: "The request's own, or a new UUID.",
          required: true,
          schema: { type: "string", pattern: `^[A-Za-z0-9._-]{1,${LIMITS.correlationIdLength}}$` },
        },
        RetryAfter: {
          description: "Seconds.",
          required: true,
          schema: { type: "integer", minimum: 1, maximum: LIMITS.retryAfterMaxSeconds },
        },
      },
      schemas: {
        AccessToken: toJsonSchema(accessTokenAnswer, DIALECT),
        CreateSession: createSessionBody(),
        Session: toJsonSchema(sessionAnswer, DIALECT),
        Context: toJsonSchema(contextBody, DIALECT),
        Error: toJsonSchema(errorAnswer, DIALECT),
      },
    },
  };
}
