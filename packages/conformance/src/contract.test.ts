import {
  CLIENT_EVENT_TYPES,
  CLOSE,
  EVENT,
  HTTP_ERRORS,
  LIMITS,
  notAllowed,
  SYSTEM_MESSAGES,
  TRANSIENT_TYPES,
  UPGRADE_ERRORS,
} from "@parley/protocol";
import { describe, expect, it } from "vitest";

/**
 * The checks take their texts and bounds from the same package as the server, so that a slip there would be on both
 * sides. These are written down from docs/protocol.md a second time.
 */
describe("the contract", () => {
  it.each([
    [HTTP_ERRORS.missingHeaders, 401, "Missing authentication headers"],
    [HTTP_ERRORS.unknownConnector, 401, "Connector token does not exist"],
    [HTTP_ERRORS.wrongHost, 401, "Failed to validate connector"],
    [HTTP_ERRORS.noHosts, 401, "Connector missing host domain"],
    [HTTP_ERRORS.tokenFailed, 500, "Failed to create access token"],
    [HTTP_ERRORS.resumeFailed, 401, "Failed to resume session"],
    [HTTP_ERRORS.missingToken, 400, "Missing access token"],
    [HTTP_ERRORS.invalidToken, 401, "Invalid access token"],
    [HTTP_ERRORS.badRequest, 400, "Error parsing request"],
    [HTTP_ERRORS.sessionFailed, 500, "Failed to create session"],
    [UPGRADE_ERRORS.badParameters, 400, "invalid connection parameters"],
    [UPGRADE_ERRORS.unauthenticated, 401, "authentication failed"],
    [UPGRADE_ERRORS.sessionNotFound, 404, "session not found"],
    [UPGRADE_ERRORS.tooManySockets, 429, "connection limit exceeded for session"],
  ])("answers $message", (fault, status, message) => {
    expect(fault).toMatchObject({ status, message });
  });

  it("says these things to users", () => {
    expect(SYSTEM_MESSAGES).toEqual({
      unknownEvent: "Unknown event type or invalid message format",
      messageTooLarge: "Message exceeds 131072 bytes",
      rateLimited: "Rate limit exceeded",
      noConversation: "Error: Conversation not found",
      overloaded: "Our system is experiencing high load. Please try again in a moment.",
      failedBeforeWords: "Sorry, I'm having trouble responding right now. Please try again.",
      brokeOff: "Sorry, I encountered an error. Please try again.",
      noAgent: "Sorry, I'm unable to start a conversation right now. Please try again later.",
      handoffFailed: "Sorry, we could not connect you to an agent. Please try again.",
      handoffNotStarted: "Sorry, handoff could not be initiated.",
      forwardFailed: "Failed to forward message to live agent",
    });
    expect(notAllowed(EVENT.SESSION_END)).toBe("Event type not allowed: EVENT_TYPE_SESSION_END");
  });

  it("knows these events", () => {
    expect(Object.entries(EVENT).filter(([key, type]) => type !== `EVENT_TYPE_${key}`)).toEqual([]);
    expect(CLIENT_EVENT_TYPES).toEqual([
      "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN",
      "EVENT_TYPE_USER_MESSAGE",
      "EVENT_TYPE_USER_TYPING",
      "EVENT_TYPE_USER_END_SESSION",
      "EVENT_TYPE_HEARTBEAT",
    ]);
    expect([...TRANSIENT_TYPES].toSorted()).toEqual([
      "EVENT_TYPE_EVENT_BATCH",
      "EVENT_TYPE_HANDOFF_QUEUE_STATUS",
      "EVENT_TYPE_HEARTBEAT",
      "EVENT_TYPE_LIVE_AGENT_TYPING",
      "EVENT_TYPE_POLY_AGENT_THINKING",
      "EVENT_TYPE_SYSTEM_MESSAGE",
    ]);
  });

  it("closes with these codes", () => {
    expect(Object.values(CLOSE).toSorted()).toEqual([1000, 1002, 1007, 1009, 1011, 1012, 1013]);
  });

  it("has these bounds", () => {
    expect(LIMITS).toMatchObject({
      messageBytes: 128 * 1024,
      frameBytes: 1024 * 1024,
      customBytes: 16 * 1024,
      customDepth: 32,
      keyLength: 128,
      agentMessageBytes: 64 * 1024,
      joinHintMs: 500,
      thinkingRepeatMs: 8_000,
      batchEvents: 200,
      batchBytes: 128 * 1024,
      batchPauseMs: 30,
      chunkCollectMs: 40,
      chunkUnbrokenChars: 60,
      chunkBytes: 2 * 1024,
      messageRate: 20,
      messageBurst: 100,
      replyRate: 10,
      handshakeRate: 10,
      handshakeBurst: 60,
      retryAfterMaxSeconds: 30,
      attributeKeys: 50,
      attributeBytes: 4 * 1024,
      correlationIdLength: 128,
      socketsPerSession: 10,
      upgradeDelayMs: 15,
      upgradesPerSecond: 5,
      socketMinimumMs: 1_000,
      pingMs: 25_000,
      pingMisses: 2,
      maxReconnectAttempts: 20,
      heartbeatIntervalSeconds: 30,
      contextTokenBytes: 16 * 1024,
      contextBytes: 8 * 1024,
      contextLifeSeconds: 30,
      contextSkewSeconds: 5,
      accessTokenSeconds: 86_400,
    });
    // 900 KB, in the stricter reading.
    expect(LIMITS.serverFrameBytes).toBeLessThanOrEqual(900_000);
  });
});
