import { EVENT, UPGRADE_ERRORS } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Handshake } from "../client/handshake.ts";
import { type Context, type Session, socketPath } from "../context.ts";
import { ensure } from "../failure.ts";

/** How much sooner than the server meant a timer may fire, milliseconds. */
const TIMER_SLACK = 1;

const expectUpgrade = (answer: Handshake, what: string): void =>
  ensure(answer.status === 101, `101 to an upgrade ${what}`, { status: answer.status, body: answer.text });

const encodeAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const paths: { name: string; title: string; path(session: Session): string }[] = [
  {
    name: "order",
    title: "The parameters may stand in any order",
    path: ({ id, accessToken }) => `/ws?cursor=0&access_token=${accessToken}&session_id=${id}`,
  },
  {
    name: "extra",
    title: "Extra parameters are ignored",
    path: (session) => `${socketPath(session)}&platform=ios&_=17&flag`,
  },
  {
    name: "decoding",
    title: "Parameters are decoded as usual in URLs",
    path: ({ id, accessToken }) => `/ws?session_id=${encodeAll(id)}&access_token=${encodeAll(accessToken)}`,
  },
  {
    name: "auth-token",
    title: "auth_token is accepted for access_token",
    path: ({ id, accessToken }) => `/ws?session_id=${id}&auth_token=${accessToken}`,
  },
];

export const upgrade: Check[] = [
  ...paths.map(({ name, title, path }) => ({
    id: `2.upgrade.${name}`,
    title,
    async run(context: Context) {
      const session = await context.session();
      expectUpgrade(await context.upgrade(path(session)), title.toLowerCase());
    },
  })),
  {
    id: "2.upgrade.plain",
    title: "No Origin, header or subprotocol is required",
    async run(context) {
      expectUpgrade(await context.upgrade(socketPath(await context.session())), "with nothing more");
    },
  },
  {
    id: "2.upgrade.no-subprotocol",
    title: "A subprotocol that is offered is not answered",
    async run(context) {
      const offer = { "Sec-WebSocket-Protocol": "chat, superchat" };
      const answer = await context.upgrade(socketPath(await context.session()), offer);
      expectUpgrade(answer, "with a subprotocol");
      const chosen = answer.headers["sec-websocket-protocol"];
      ensure(chosen === undefined, "no Sec-WebSocket-Protocol", chosen);
    },
  },
  {
    id: "2.upgrade.no-compression",
    title: "Compression that is offered is not answered",
    async run(context) {
      const offer = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };
      const answer = await context.upgrade(socketPath(await context.session()), offer);
      expectUpgrade(answer, "with an extension");
      const chosen = answer.headers["sec-websocket-extensions"];
      ensure(chosen === undefined, "no Sec-WebSocket-Extensions", chosen);
    },
  },
  {
    id: "2.upgrade.delay",
    order: "alone",
    needs: ["upgradeDelay"],
    title: "An upgrade is answered no sooner than 15 ms after it arrived, refusals too",
    async run(context) {
      const { upgradeDelayMs } = context.profile;
      const session = await context.session();
      const unknown = { ...session, id: crypto.randomUUID() };
      const forbidden = { ...session, accessToken: "nonsense" };
      for (const path of [socketPath(session), socketPath(unknown), socketPath(forbidden), "/ws"]) {
        const { ms, status } = await context.upgrade(path);
        const expected = `${upgradeDelayMs} ms before the ${status}`;
        ensure(ms >= upgradeDelayMs - TIMER_SLACK, expected, `${ms.toFixed(1)} ms`);
      }
    },
  },
  {
    id: "2.upgrade.correlation",
    title: "Refusals of the upgrade carry a correlation id",
    async run(context) {
      const { status, headers } = await context.upgrade("/ws", { "X-PolyAI-Correlation-Id": "trace-1" });
      ensure(status === UPGRADE_ERRORS.badParameters.status, "a refusal", status);
      const id = headers["x-polyai-correlation-id"];
      ensure(id === "trace-1", "the request's own correlation id", id ?? "none");
    },
  },
  {
    id: "2.upgrade.live-again",
    title: "A live session with its own token is answered 101, again and again",
    async run(context) {
      const { session, socket } = await context.joined();
      await socket.leave();
      for (let times = 0; times < 3; times++) {
        const again = await context.open(session);
        await again.waitFor(EVENT.SESSION_START);
        again.break();
      }
    },
  },
];
