import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE, HTTP_ERRORS, type HttpFault, LIMITS, parseCursor, UPGRADE_ERRORS } from "@parley/protocol";
import { parseClientFrame } from "@parley/protocol/schemas";
import type { WebSocket } from "ws";
import type { Clock } from "../../clock.ts";
import type { Workbench } from "../../development/workbench.ts";
import type { AccessGrant } from "../../identity/access-tokens.ts";
import type { Logger } from "../../logger.ts";
import type { Session } from "../../session/session.ts";
import type { Sessions } from "../../session/sessions.ts";
import { ClientSocket } from "./client-socket.ts";
import { Door } from "./door.ts";
import { refuseUpgrade, reset } from "./refusal.ts";
import { webSocketServer } from "./web-socket-server.ts";

export interface UpgradesOptions {
  sessions: Sessions;
  accessTokens: { verify(token: string): Promise<AccessGrant | null> };
  clock: Clock;
  newId: () => string;
  logger: Logger;
  /** Sockets of one session that may live at the same time. */
  maxConnections: number;
  /** No upgrade is answered sooner after it has arrived, milliseconds. */
  upgradeDelayMs: number;
  /** Whether the journal takes rows: without it, an upgrade is reset and tried again by its client. */
  isServing: () => boolean;
  /** Looks on at every connection, and makes faults happen; null outside development. */
  workbench: Workbench | null;
}

/** How long the sockets' closing is spread at a restart, so that not all clients come back at once, milliseconds. */
const RESTART_SPREAD_MS = 1_000;
/** How long a client has to answer the close frame of a restart, milliseconds: the process must end in time. */
const RESTART_PATIENCE_MS = 1_000;
/** How long pending upgrades have at a restart: a probe of dead sockets, and a little, milliseconds. */
const PENDING_MS = LIMITS.socketProbeMs + 200;
/** A timer of the system may fire a millisecond early; an answer must not. */
const TIMER_SLACK_MS = 1;

/** A session to connect to, and the place in it. */
interface Pass {
  session: string;
  door: Door;
}

/** What an upgrade comes to; `reset` where it cannot be answered now. */
type Verdict = Pass | { fault: HttpFault } | "reset";

/** Turns HTTP upgrades into sockets of sessions [protocol section 2]. */
export class Upgrades {
  readonly #options: UpgradesOptions;
  readonly #wss = webSocketServer(LIMITS.frameBytes);
  readonly #doors = new WeakMap<Session, Door>();
  readonly #sockets = new Set<ClientSocket>();
  readonly #pending = new Set<Promise<void>>();
  /** No new upgrade is taken; those that are pending are answered. */
  #closing = false;
  /** Nothing is answered any more. */
  #closed = false;

  constructor(options: UpgradesOptions) {
    this.#options = options;
    // A request that asks for an upgrade and is no WebSocket handshake; the library's own answer has another form.
    this.#wss.on("wsClientError", (_, socket, request) =>
      this.#refuse(request, socket, UPGRADE_ERRORS.badParameters),
    );
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /** The `upgrade` event of the HTTP server. */
  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A client may be gone at any moment from here on; its error has no other listener yet.
    socket.on("error", () => {});
    if (this.#closing) {
      reset(socket);
      return;
    }
    const upgrade = this.#upgrade(request, socket, head).catch((error) => {
      this.#options.logger.error({ error }, "an upgrade failed");
      reset(socket);
    });
    this.#pending.add(upgrade);
    upgrade.finally(() => this.#pending.delete(upgrade));
  };

  /**
   * Closes all sockets with 1012; upgrades under way are answered first, and closed a second later.
   * Takes at most 3.2 s, whatever clients do.
   */
  async close(): Promise<void> {
    const { clock } = this.#options;
    this.#closing = true;
    await this.#within(PENDING_MS, this.#pending);
    this.#closed = true;
    const sockets = [...this.#sockets];
    for (const socket of sockets) {
      clock.after(Math.random() * RESTART_SPREAD_MS, () => socket.close(CLOSE.restart));
    }
    // A young socket is closed only when it has lived for its second, which is over within the spread.
    await this.#within(
      RESTART_SPREAD_MS + RESTART_PATIENCE_MS,
      sockets.map(({ closed }) => closed),
    );
    for (const socket of sockets) socket.terminate();
  }

  /** Waits for all, but not longer, milliseconds. */
  async #within(ms: number, all: Iterable<Promise<void>>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(ms, late.resolve);
    await Promise.race([Promise.all(all), late.promise]);
    timer.cancel();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { clock, upgradeDelayMs } = this.#options;
    const [path, query = ""] = (request.url ?? "").split("?", 2);
    const parameters = new URLSearchParams(query);
    const [verdict] = await Promise.all([
      path === "/ws" ? this.#judge(parameters) : { fault: HTTP_ERRORS.notFound },
      upgradeDelayMs && new Promise<void>((resolve) => clock.after(upgradeDelayMs + TIMER_SLACK_MS, resolve)),
    ]);
    if (verdict === "reset" || this.#closed) reset(socket);
    else if ("fault" in verdict) this.#refuse(request, socket, verdict.fault);
    else await this.#accept(request, socket, head, parameters, verdict);
  }

  async #accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    parameters: URLSearchParams,
    { door, session: id }: Pass,
  ): Promise<void> {
    // Looked up once more: it may have left memory, or its grace may have passed, during the waits.
    const session = await this.#options.sessions.open(id).catch(() => "lost" as const);
    if (session === null || session === "lost" || this.#closed) {
      door.giveBack();
      if (session === null) this.#refuse(request, socket, UPGRADE_ERRORS.sessionNotFound);
      else reset(socket);
      return;
    }
    const cursor = this.#cursor(parameters, session);
    let accepted = false;
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      accepted = true;
      this.#connect(ws, socket, session, cursor, door, request);
    });
    // No WebSocket handshake, or its client is gone.
    if (!accepted) door.giveBack();
  }

  #refuse(request: IncomingMessage, socket: Duplex, fault: HttpFault): void {
    this.#options.workbench?.refused(sessionIn(request), fault);
    refuseUpgrade(request, socket, fault, this.#options.newId);
  }

  async #judge(parameters: URLSearchParams): Promise<Verdict> {
    const { accessTokens, sessions, isServing } = this.#options;
    const id = parameters.get("session_id");
    const token = parameters.get("access_token") || parameters.get("auth_token");
    if (!id || !token) return { fault: UPGRADE_ERRORS.badParameters };
    const grant = await accessTokens.verify(token);
    if (grant === null) return { fault: UPGRADE_ERRORS.unauthenticated };
    if (!isServing()) return "reset";
    // Brought into memory before it is known whose it is: nearly everybody asks for their own, thousands at once behind a
    // restart, and an id cannot be guessed.
    const session = await sessions.open(id);
    if (session === null) return { fault: UPGRADE_ERRORS.sessionNotFound };
    if (session.record.sub !== grant.sub) return { fault: UPGRADE_ERRORS.unauthenticated };
    const door = this.#doorOf(session);
    if (!(await door.wait(() => this.#closing))) return "reset";
    return (await door.enter()) ? { session: id, door } : { fault: UPGRADE_ERRORS.tooManySockets };
  }

  #doorOf(session: Session): Door {
    let door = this.#doors.get(session);
    if (door === undefined) {
      door = new Door(this.#options.maxConnections, this.#options.clock);
      this.#doors.set(session, door);
    }
    return door;
  }

  #cursor(parameters: URLSearchParams, session: Session): number {
    const { cursor, valid } = parseCursor(parameters.get("cursor"));
    if (!valid)
      this.#options.logger.warn({ session: session.info.id }, "an upgrade's cursor was not a sequence");
    return cursor;
  }

  #connect(
    ws: WebSocket,
    stream: Duplex,
    session: Session,
    cursor: number,
    door: Door,
    request: IncomingMessage,
  ): void {
    const { workbench } = this.#options;
    const socket = new ClientSocket(ws, stream, this.#options.clock);
    door.take(socket);
    this.#sockets.add(socket);
    const { id } = session.info;
    const take = (data: Buffer, isBinary: boolean) => {
      const result = parseClientFrame(isBinary ? "" : data.toString());
      const done =
        "event" in result ? session.receive(reader, result.event) : session.refuse(reader, result.refusal);
      if (done !== null) socket.hold(data.length, done);
    };
    const line = workbench?.open({ session: id, socket, stream, cursor, request, take });
    const reader = session.attach(line ?? socket, cursor);
    ws.on("message", line === undefined ? take : (data: Buffer, isBinary) => line.receive(data, isBinary));
    // Frames that break RFC 6455 are answered by the library with their close code.
    ws.on("error", (error) => this.#options.logger.debug({ session: id, error }, "a socket failed"));
    ws.on("close", (code) => {
      if (line !== undefined) workbench?.leave(id, line, code);
      session.detach(reader);
      door.leave(socket);
      this.#sockets.delete(socket);
    });
    if (this.#closing) socket.close(CLOSE.restart);
  }
}

/** The session that an upgrade names, whether there is one or not. */
const sessionIn = ({ url = "" }: IncomingMessage): string | null =>
  new URLSearchParams(url.split("?", 2)[1]).get("session_id");
