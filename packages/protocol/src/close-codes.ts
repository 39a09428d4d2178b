/**
 * The close codes of section 7. 4000, 4001 and 4003 are never used: shipped clients loop on them without end.
 */
export const CLOSE = {
  /** After `SESSION_END`, and only then: clients take it as final. */
  ended: 1000,
  /** A frame that breaks RFC 6455. */
  protocolError: 1002,
  /** A text frame that is not UTF-8. */
  invalidText: 1007,
  /** A frame above the limit. */
  tooLarge: 1009,
  /** A fault inside the server; the client comes back with its cursor. */
  internal: 1011,
  /** The server restarts. */
  restart: 1012,
  /** The socket took nothing for too long; the client comes back with its cursor. */
  tryAgainLater: 1013,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];
