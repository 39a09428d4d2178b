/**
 * Every bound of the wire, in one place. Sizes are bytes, times are milliseconds unless the name says otherwise.
 * The section in brackets is the one of docs/protocol.md that states it.
 */
export const LIMITS = {
  /** UTF-8 bytes of a user message's text [4]. */
  messageBytes: 131_072,
  /** Bytes of one frame from a client: JSON escapes make a legal text up to six times longer [4]. */
  frameBytes: 1_048_576,
  /** Bytes of one frame from the server: shipped clients give up on a frame of 1 MB [3]. */
  serverFrameBytes: 900_000,
  /** UTF-8 bytes of `metadata.custom`, printed as JSON [3]. */
  customBytes: 16_384,
  /** Nested objects and arrays in `metadata.custom`; 1 is a flat object [3]. */
  customDepth: 32,
  /** Characters of a `local_id` or `client_event_id`; longer ones are no key [4]. */
  keyLength: 128,
  /** UTF-8 bytes of text in one message of an agent; a longer answer becomes several messages [5]. */
  agentMessageBytes: 65_536,
  /** User messages in one session's life: bounds the table of keys [4]. */
  messagesPerSession: 10_000,
  /** User messages, and bytes of their text and metadata, that are kept while no agent has joined [4]. */
  keptMessages: 50,
  keptBytes: 65_536,
  /** The largest sequence: clients hold it in 32 bits [3]. */
  maxSequence: 2 ** 31 - 1,
  /** A keyless session that waits longer for a join is told so [4]. */
  joinHintMs: 500,
  /** Thinking is repeated in this rhythm: clients clear it after 10 s [5]. */
  thinkingRepeatMs: 8_000,
  /** Joining failed: how long until the next attempt, doubling from the first to the last [5]. */
  rejoinFirstMs: 2_000,
  rejoinLastMs: 30_000,

  /** Events and bytes of one batch of a replay, and the pause between two frames: one client drops
   * what exceeds 256 in a burst [5]. */
  batchEvents: 200,
  batchBytes: 131_072,
  batchPauseMs: 30,

  /** Text is collected this long before a chunk is sent; the first goes at once [5]. */
  chunkCollectMs: 40,
  /** Characters without white space after which a cut behind punctuation or between words is allowed [5]. */
  chunkUnbrokenChars: 60,
  /** UTF-8 bytes at which a chunk is cut wherever it stands [5]. */
  chunkBytes: 2_048,

  /** User messages of one session: a second, and at once [4]. */
  messageRate: 20,
  messageBurst: 100,
  /** Heartbeat echoes and error replies to one socket, a second each [4]. */
  replyRate: 10,
  /** Handshake requests of one connector and address: a second, and at once [1]. */
  handshakeRate: 10,
  handshakeBurst: 60,
  /** The largest `Retry-After`, seconds: a negative or huge number crashes one client [1]. */
  retryAfterMaxSeconds: 30,

  /** Creations remembered for a retry: how many a node, and how long [1]. */
  retriedSessions: 10_000,
  retriedSessionMs: 60_000,
  /** `attributes` of a session: keys, and bytes as JSON [1]. */
  attributeKeys: 50,
  attributeBytes: 4_096,
  /** Bytes of an HTTP body on the handshake's paths: the largest legal one is far smaller. */
  httpBodyBytes: 65_536,
  /** Characters of a correlation id that is taken over [1]. */
  correlationIdLength: 128,

  /** Sockets of one session that really live [2]. */
  socketsPerSession: 10,
  /** How long a full session's sockets have to answer a ping before they make room [2]. */
  socketProbeMs: 1_000,
  /** An upgrade is answered no sooner: faster, and shipped clients lose their callbacks [2]. */
  upgradeDelayMs: 15,
  /** Upgrades of one session a second; more wait [7]. */
  upgradesPerSecond: 5,
  /** A socket lives at least this long after its 101: an earlier close counts as a refusal [2]. */
  socketMinimumMs: 1_000,
  /** Pings: the rhythm, and the misses after which a socket is dead [2]. */
  pingMs: 25_000,
  pingMisses: 2,
  /** A socket that took nothing for so long is closed with 1013 [7]. */
  stalledSocketMs: 30_000,

  /** Without a sign of life for so long, and the mercy on top, a session is abandoned [7]. */
  idleSeconds: 600,
  idleMercySeconds: 30,
  /** How long an ended session can still be read to its end [7]. */
  endedGraceSeconds: 120,

  /** Verified context: bytes of the token, bytes of `ctx` as JSON, seconds of life, seconds of skew [8]. */
  contextTokenBytes: 16_384,
  contextBytes: 8_192,
  contextLifeSeconds: 30,
  contextSkewSeconds: 5,

  /** Seconds an access token lives; below 300 clients mint one before every connect [1]. */
  accessTokenSeconds: 86_400,

  /** What SESSION_START tells clients [5]. */
  maxReconnectAttempts: 20,
  heartbeatIntervalSeconds: 30,

  /** What travels with a handoff to the person who takes over, UTF-8 bytes; the context as JSON. More is no summary. */
  handoffReasonBytes: 2_000,
  handoffSummaryBytes: 16_384,
  handoffContextBytes: 16_384,
} as const;
