import type { ServerEvent } from "@parley/protocol";

/** An event with a place in the journal. */
export type Kept = ServerEvent & { sequence: number };

/** What came over one socket, batches opened. */
export interface SocketRecord {
  /** The highest sequence that the client had seen when it connected. */
  readonly cursor: number;
  readonly events: ServerEvent[];
}

/** A message as its client knows it. */
export interface Said {
  readonly text: string;
  /** How often the frame was sent. */
  copies: number;
}

/** All that a client knows of its session. */
export interface ClientRecord {
  readonly sockets: readonly SocketRecord[];
  /** By `local_id`. */
  readonly said: ReadonlyMap<string, Said>;
  /** How often it asked the agent in. */
  readonly joins: number;
  /** Errors of the agent's that it was shown, and the highest sequence that it had seen by then. */
  readonly errors: readonly { behind: number; message: string }[];
  /** What must not happen to a client at all: a refused upgrade, a close code that is not for it. */
  readonly faults: readonly string[];
}

export const isKept = (event: ServerEvent): event is Kept => event.sequence !== null;

/** The name that a client gave its message. */
export const localId = ({ metadata }: ServerEvent): string | undefined =>
  (metadata?.custom as { local_id?: string } | undefined)?.local_id;
