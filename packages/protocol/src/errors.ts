import { LIMITS } from "./limits.ts";

/**
 * An answer of the HTTP handshake that is not a success [section 1]. The message is part of the contract:
 * clients compare it byte for byte.
 */
export interface HttpFault {
  readonly status: number;
  readonly message: string;
  readonly code: string;
}

const fault = (status: number, code: string, message: string): HttpFault => ({ status, code, message });

/** The HTTP errors a client may meet, each with its exact text. */
export const HTTP_ERRORS = {
  missingHeaders: fault(401, "MISSING_AUTHENTICATION_HEADERS", "Missing authentication headers"),
  unknownConnector: fault(401, "CONNECTOR_NOT_FOUND", "Connector token does not exist"),
  wrongHost: fault(401, "CONNECTOR_VALIDATION_FAILED", "Failed to validate connector"),
  noHosts: fault(401, "CONNECTOR_MISSING_HOST", "Connector missing host domain"),
  tokenFailed: fault(500, "ACCESS_TOKEN_FAILED", "Failed to create access token"),
  resumeFailed: fault(401, "RESUME_FAILED", "Failed to resume session"),
  missingToken: fault(400, "MISSING_ACCESS_TOKEN", "Missing access token"),
  invalidToken: fault(401, "INVALID_ACCESS_TOKEN", "Invalid access token"),
  badRequest: fault(400, "INVALID_REQUEST", "Error parsing request"),
  sessionFailed: fault(500, "SESSION_FAILED", "Failed to create session"),
  tooMany: fault(429, "RATE_LIMITED", "Too many requests"),
  sessionNotFound: fault(404, "SESSION_NOT_FOUND", "Session not found"),
  notFound: fault(404, "NOT_FOUND", "Not found"),
  wrongMethod: fault(405, "METHOD_NOT_ALLOWED", "Method not allowed"),
  requestTimeout: fault(408, "REQUEST_TIMEOUT", "Request not received in time"),
  bodyTooLarge: fault(413, "BODY_TOO_LARGE", "Request body too large"),
  headersTooLarge: fault(431, "HEADERS_TOO_LARGE", "Request headers too large"),
  unavailable: fault(503, "UNAVAILABLE", "The server cannot serve this now"),
} as const satisfies Record<string, HttpFault>;

/** Refusals of the WebSocket upgrade [section 2], in the order in which they are checked. */
export const UPGRADE_ERRORS = {
  badParameters: fault(400, "INVALID_CONNECTION_PARAMETERS", "invalid connection parameters"),
  unauthenticated: fault(401, "AUTHENTICATION_FAILED", "authentication failed"),
  sessionNotFound: fault(404, "SESSION_NOT_FOUND", "session not found"),
  tooManySockets: fault(429, "CONNECTION_LIMIT_EXCEEDED", "connection limit exceeded for session"),
} as const satisfies Record<string, HttpFault>;

/**
 * Every human text of a `SYSTEM_MESSAGE` [sections 4 and 5]. Some phrases are commands to shipped clients
 * (`conversation not found`, `unable to start a conversation`), so no text from a client, an agent or a
 * provider is ever mixed in.
 */
export const SYSTEM_MESSAGES = {
  unknownEvent: "Unknown event type or invalid message format",
  messageTooLarge: `Message exceeds ${LIMITS.messageBytes} bytes`,
  rateLimited: "Rate limit exceeded",
  noConversation: "Error: Conversation not found",
  overloaded: "Our system is experiencing high load. Please try again in a moment.",
  failedBeforeWords: "Sorry, I'm having trouble responding right now. Please try again.",
  brokeOff: "Sorry, I encountered an error. Please try again.",
  noAgent: "Sorry, I'm unable to start a conversation right now. Please try again later.",
  handoffFailed: "Sorry, we could not connect you to an agent. Please try again.",
  handoffNotStarted: "Sorry, handoff could not be initiated.",
  forwardFailed: "Failed to forward message to live agent",
} as const;

/** Why an agent's turn failed; the key of the text its user is told [section 5]. */
export type TurnFailure = "overloaded" | "failedBeforeWords" | "brokeOff" | "handoffNotStarted";

/** The error for a type that only the server may send. `type` is one of the server's own types, never free text. */
export const notAllowed = (type: string): string => `Event type not allowed: ${type}`;

/** The error for a payload or metadata that breaks its schema. `problem` comes from our own schemas. */
export const invalidPayload = (type: string, problem: string): string =>
  `Invalid payload for ${type}: ${problem}`;
