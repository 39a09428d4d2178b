import type { HttpFault } from "@parley/protocol";

/** What the desk's routes refuse with. Their clients are the desk's own pages. */
export const DESK_ERRORS = {
  signedOut: { status: 401, code: "SIGNED_OUT", message: "Nobody is signed in" },
  wrongPassword: { status: 401, code: "WRONG_PASSWORD", message: "Login or password is wrong" },
  forbidden: { status: 403, code: "FORBIDDEN", message: "Only supervisors may do that" },
  foreignOrigin: {
    status: 403,
    code: "FOREIGN_ORIGIN",
    message: "The desk is used from its own pages: open it by the configured public URL",
  },
  notJson: { status: 415, code: "NOT_JSON", message: "Content-Type must be application/json" },
  badPassword: {
    status: 400,
    code: "BAD_PASSWORD",
    message: "The new password must have 12 to 256 characters",
  },
  noPassword: { status: 409, code: "NO_PASSWORD", message: "The account has no password to change" },
  unknownAccount: { status: 404, code: "UNKNOWN_ACCOUNT", message: "There is no such account" },
  busy: { status: 503, code: "BUSY", message: "Too many people are signing in: try again in a moment" },
} as const satisfies Record<string, HttpFault>;
