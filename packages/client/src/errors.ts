/** Codes of errors after which the same may succeed later. docs/client.md says of each code what it means. */
const RETRYABLE = [
  /** A request did not reach the server, or a socket was lost. */
  "network",
  /** The server has a passing fault (5xx). */
  "unavailable",
  /** Too many requests or messages. */
  "rate_limited",
  /** The application gave no access token: `getToken` failed. */
  "no_token",
  /** As many reconnects in a row failed as the server allows. */
  "unreachable",
  /** The server did not confirm a message on sockets that were alive. */
  "unconfirmed",
] as const;

export type ErrorCode =
  | (typeof RETRYABLE)[number]
  /** The connector token, the host or the access token is refused. */
  | "unauthorized"
  /** The server does not understand the request: another server, or wrong options. */
  | "bad_request"
  /** The session has ended, or the server does not know it. `restart` begins another one. */
  | "session_gone"
  /** A message after the end. */
  | "conversation_ended"
  /** A message without text, or with `custom` above its limit. */
  | "invalid_message"
  | "message_too_large"
  /** The server refused the message; its words are the error's. */
  | "message_refused"
  /** A reader of events fell too far behind. */
  | "overflow";

/** Every error of this package. `code` is stable; `message` is for people who develop. */
export class ParleyError extends Error {
  override readonly name = "ParleyError";
  readonly code: ErrorCode;
  /** Whether the same may succeed later. */
  readonly retryable: boolean;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Milliseconds the server asks to wait; 0 where it does not. */
  readonly retryAfter: number;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, status, retryAfter = 0 }: { cause?: unknown; status?: number; retryAfter?: number } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.retryable = (RETRYABLE as readonly string[]).includes(code);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Anything that was thrown, as an error of this package. */
export const toParleyError = (error: unknown, code: ErrorCode): ParleyError =>
  error instanceof ParleyError ? error : new ParleyError(code, String(error), { cause: error });
