/**
 * Every time of the client, milliseconds, with its reason. Tests hand in others.
 */
export const TIMINGS = {
  /** A server answers each of the two requests within 10 s [protocol section 1]. */
  handshake: 20_000,
  /** An upgrade, and the first frame behind it; an upgrade may wait a second for dead sockets [2]. */
  upgrade: 10_000,
  /** The first attempt after a loss comes at most so much later, each further one at most twice as late as the one
   * before, all at a random moment from now on: a server that restarts does not meet all its clients at once. */
  backoffFirst: 1_000,
  backoffLast: 30_000,
  /** A loss that is over sooner is not shown: most last as long as a phone takes from one network to the next. */
  grace: 5_000,
  /** How often the clock is looked at. */
  tick: 5_000,
  /** A tick that comes so late means that the machine slept: sockets may be dead without a sign. */
  asleep: 3_000,
  /** The echo of a heartbeat, while nothing else speaks against the socket. */
  echo: 10_000,
  /** The echo of a heartbeat after a sign that the socket is dead. Longer than a slow network's round trip. */
  probe: 5_000,
  /** Heartbeats are no further apart, and closer where the server says so. */
  heartbeat: 30_000,
  /** A socket that lived so long was worth something, and the next attempt is a first one again. */
  proven: 5_000,
  /** A message without an echo on a living socket is sent again after so long. */
  resend: 5_000,
  /** A message that came too fast is sent again after so long, then twice as long, and so on. */
  tooFast: 500,
  /** Asking once more for an agent that did not come: at once, then after this, doubling; as the server's own bound [5]. */
  rejoin: 2_000,
  /** An access token with less left is not used for a request: it may be too late when it arrives. */
  tokenMargin: 60_000,
  /** Thinking is repeated every 8 s while it lasts [5]. */
  thinking: 10_000,
  /** Without a key for so long, the user no longer types. */
  typing: 4_000,
} as const;

export type Timings = { readonly [Name in keyof typeof TIMINGS]: number };

/** How often something is tried before it counts as failed. */
export const TRIES = {
  /** Copies of a message that a living server did not confirm, or refused as too fast. */
  message: 5,
  /** Requests to join in a row. The user's next message begins a new row. */
  join: 6,
  /** Sockets in a row that never opened, before HTTP is asked for the reason. */
  upgrades: 2,
  /** Reconnects in a row, where the server names no number. */
  reconnect: 20,
} as const;

/** UTF-8 bytes of a message's text, where the server names no number [4]. */
export const MESSAGE_BYTES = 131_072;
/** UTF-8 bytes of `custom` as JSON, with the key that the client adds [3]. */
export const CUSTOM_BYTES = 16_384;
