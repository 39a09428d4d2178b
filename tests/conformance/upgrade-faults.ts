import type { Fault } from "./fault.ts";
import { isUpgrade, queryOf, type Request, refusal } from "./mischief.ts";

const TOKEN = "1.token.claims";
const REFUSAL = "2.refusal.unknown-session";
const MESSAGE = "4.message.echo";

/** How many upgrades of one session a second are let in. */
const UPGRADES = 5;

/** Reads the cursor of an upgrade, and puts another one in its place. */
function withCursor(request: Request, change: (cursor: string) => string): Request {
  const cursor = isUpgrade(request) ? queryOf(request).get("cursor") : null;
  if (cursor === null) return request;
  return { ...request, path: request.path.replace(/cursor=[^&]*/, `cursor=${change(cursor)}`) };
}

/** What may be wrong with the WebSocket handshake. */
export const upgradeFaults: Fault[] = [
  {
    does: "answers 503 to upgrades",
    mischief: { intercept: (request) => (isUpgrade(request) ? refusal(503, "unavailable") : undefined) },
    caughtBy: ["2.upgrade.plain", "2.upgrade.live-again", "2.refusal.bad-token"],
    spares: [TOKEN, "1.session.answer"],
  },
  {
    does: "answers a subprotocol that is offered",
    mischief: {
      accepts: ({ "sec-websocket-protocol": offered }) =>
        offered === undefined ? [] : [["Sec-WebSocket-Protocol", "chat"]],
    },
    caughtBy: ["2.upgrade.no-subprotocol"],
    spares: ["2.upgrade.plain", REFUSAL, MESSAGE],
  },
  {
    does: "answers compression that is offered",
    mischief: {
      accepts: ({ "sec-websocket-extensions": offered }) =>
        offered === undefined ? [] : [["Sec-WebSocket-Extensions", "permessage-deflate"]],
    },
    caughtBy: ["2.upgrade.no-compression"],
    spares: ["2.upgrade.plain", REFUSAL, MESSAGE],
  },
  {
    does: "answers upgrades at once",
    mischief: { early: true },
    caughtBy: ["2.upgrade.delay"],
    spares: ["2.upgrade.plain", MESSAGE],
  },
  {
    does: "refuses an upgrade for a cursor that it cannot read",
    mischief: {
      intercept: (request) => {
        const cursor = isUpgrade(request) ? queryOf(request).get("cursor") : null;
        return cursor === null || /^(seq:)?\d+$/.test(cursor)
          ? undefined
          : refusal(400, "invalid connection parameters");
      },
    },
    caughtBy: ["2.cursor.word", "2.cursor.negative", "2.cursor.empty"],
    spares: ["2.cursor.plain", "2.cursor.seq-prefix", MESSAGE],
  },
  {
    does: "does not know cursors with a prefix",
    mischief: { request: (request) => withCursor(request, (cursor) => cursor.replace(/^seq:.*/, "0")) },
    caughtBy: ["2.cursor.seq-prefix", "2.cursor.seq-prefix-encoded"],
    spares: ["2.cursor.plain", MESSAGE],
  },
  {
    does: "ignores cursors",
    mischief: { request: (request) => withCursor(request, () => "0") },
    caughtBy: ["2.cursor.plain", "2.cursor.beyond", "7.grace.rest"],
    spares: ["2.cursor.zero", MESSAGE],
  },
  {
    does: "does not know auth_token",
    mischief: {
      intercept: (request) =>
        isUpgrade(request) && queryOf(request).has("auth_token")
          ? refusal(400, "invalid connection parameters")
          : undefined,
    },
    caughtBy: ["2.upgrade.auth-token"],
    spares: ["2.upgrade.order", MESSAGE],
  },
  {
    does: "refuses upgrades that come too fast",
    mischief: {
      intercept: (() => {
        const times = new Map<string, number[]>();
        return (request: Request) => {
          if (!isUpgrade(request)) return undefined;
          const session = queryOf(request).get("session_id") ?? "";
          const recent = (times.get(session) ?? []).filter((at) => at > performance.now() - 1_000);
          times.set(session, [...recent, performance.now()]);
          return recent.length >= UPGRADES ? refusal(429, "too many upgrades") : undefined;
        };
      })(),
    },
    caughtBy: ["7.upgrades.wait"],
    spares: ["2.upgrade.plain", MESSAGE],
  },
  {
    does: "answers 404 to a token that is not good",
    mischief: {
      answer: (answer, request) =>
        isUpgrade(request) && answer.status === 401 ? refusal(404, "session not found") : answer,
    },
    caughtBy: ["2.refusal.bad-token", "2.refusal.other-user", "2.refusal.token-before-session"],
    spares: [REFUSAL, "2.refusal.no-parameters", MESSAGE],
  },
  {
    does: "answers 503 where a session has too many sockets",
    mischief: {
      answer: (answer, request) =>
        isUpgrade(request) && answer.status === 429 ? refusal(503, "unavailable") : answer,
    },
    caughtBy: ["2.limit.refused"],
    spares: [REFUSAL, MESSAGE],
  },
];
