/**
 * The states of a connection, as an application sees them:
 * - `idle`: not started, or stopped by the application.
 * - `connecting`: never yet connected.
 * - `open`: the server's history has begun to arrive; what is sent goes out.
 * - `reconnecting`: lost a moment ago. A user interface shows nothing yet.
 * - `lost`: lost for longer than the grace. A user interface says so; it goes on trying.
 * - `ended`: the conversation is over.
 * - `failed`: it cannot go on by itself; the status says why.
 */
export type ConnectionState = "idle" | "connecting" | "open" | "reconnecting" | "lost" | "ended" | "failed";

/** What happens to a connection. */
export type Signal = "start" | "stop" | "opened" | "dropped" | "overdue" | "ended" | "failed";

/** What may happen wherever a connection is there, or sought. */
const ACTIVE = { ended: "ended", failed: "failed", stop: "idle" } as const;

/** The whole machine. What is not listed changes nothing. */
export const TRANSITIONS: Record<ConnectionState, { readonly [S in Signal]?: ConnectionState }> = {
  idle: { start: "connecting" },
  connecting: { ...ACTIVE, opened: "open" },
  open: { ...ACTIVE, dropped: "reconnecting" },
  reconnecting: { ...ACTIVE, opened: "open", overdue: "lost" },
  lost: { ...ACTIVE, opened: "open" },
  ended: { stop: "idle" },
  failed: { start: "connecting", stop: "idle" },
};

export const nextState = (state: ConnectionState, signal: Signal): ConnectionState =>
  TRANSITIONS[state][signal] ?? state;

/** Whether a connection is there, or sought. */
export const isActive = (state: ConnectionState): boolean => "ended" in TRANSITIONS[state];

/** Full jitter: anywhere from now to a bound that doubles. @param random from 0 to below 1 */
export const backoff = (attempt: number, first: number, last: number, random: number): number =>
  random * Math.min(last, first * 2 ** attempt);
