import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpFault } from "@parley/protocol";
import type { PublicConfig } from "@parley/web/widget/config";
import type { Clock, Timer } from "../clock.ts";
import { ConfigError } from "../config/problems.ts";
import type { ClientSocket } from "../gateway/ws/client-socket.ts";
import type { Session } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import type { ExpirableTokens } from "./expirable-tokens.ts";
import type { Fault, FaultOf, LastingFault } from "./faults.ts";
import { Line } from "./line.ts";
import { WireLog } from "./wire-log.ts";

/** Faults that wait for a connection, of all sessions together; beyond them the oldest is forgotten. */
const MAX_LASTING = 1_000;

/** A connector of this server, as a client needs it. */
export interface ConnectorView {
  readonly id: string;
  readonly token: string;
  /** What `X-Host` may say. */
  readonly host: string;
  /** The name of its agent; null where each session makes its own. */
  readonly agent: string | null;
}

export interface WorkbenchOptions {
  sessions: Pick<Sessions, "awake" | "open">;
  tokens: Pick<ExpirableTokens, "expire">;
  connectors: readonly ConnectorView[];
  /** A connector's widget, as a configuration would have it. @throws ConfigError */
  readWidget: (input: unknown, connector: string) => PublicConfig;
  /** Under which it is served too, beside the names of this machine; null for none. */
  publicUrl: string | null;
  clock: Clock;
  /** A fresh UUID. */
  newId: () => string;
}

/** A socket that was accepted. */
export interface Accepted {
  session: string;
  socket: ClientSocket;
  stream: Duplex;
  cursor: number;
  request: IncomingMessage;
  take: (data: Buffer, isBinary: boolean) => void;
}

/** A fault that stays for a while, and where. */
interface Lasting {
  readonly session: string;
  readonly fault: LastingFault;
  /** When it is over by itself, milliseconds since 1970; null where it is not. */
  readonly until: number | null;
  readonly timer: Timer | undefined;
}

/** A lasting fault, as it is shown. */
export type ActiveFault = LastingFault & { until: string | null };

/** Why a fault cannot happen. */
const FAULT_ERRORS = {
  ended: { status: 409, code: "SESSION_ENDED", message: "The session has ended" },
  notConnected: {
    status: 409,
    code: "NOT_CONNECTED",
    message: "The session has no open connection: connect the client first",
  },
  unknownConnection: {
    status: 404,
    code: "CONNECTION_NOT_FOUND",
    message: "The session has no open connection of this number; GET the session for those it has",
  },
  noTurn: {
    status: 409,
    code: "NO_TURN_RUNNING",
    message: "The agent has nothing to do: send it a message, and restart it while it answers",
  },
  notStreaming: {
    status: 409,
    code: "NOT_STREAMING",
    message: "The session does not stream: create it with streaming_enabled, or drop the connection",
  },
  notSent: {
    status: 409,
    code: "EVENT_NOT_SENT",
    message: "This event has not been sent on the connection yet",
  },
} as const satisfies Record<string, HttpFault>;

export type Outcome = { connections: number[] } | { fault: HttpFault };

/**
 * What only builders of clients need: every connection's frames in sight, and faults on demand. There is one in
 * development, and none elsewhere.
 */
export class Workbench {
  readonly log: WireLog;
  /** Names this process: records and connections are counted in it. */
  readonly process: string;
  readonly connectors: readonly ConnectorView[];
  readonly publicUrl: string | null;
  /** What is tried in the place of a connector's own widget, by its id, until the server stops. */
  readonly previews = new Map<string, PublicConfig>();
  readonly #options: WorkbenchOptions;
  /** The open connections of each session. */
  readonly #lines = new Map<string, Set<Line>>();
  readonly #lasting = new Set<Lasting>();
  readonly #closed = new AbortController();
  #connections = 0;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
    this.log = new WireLog(options.clock);
    this.process = options.newId();
    this.connectors = options.connectors;
    this.publicUrl = options.publicUrl;
  }

  /** Aborted when the server stops: who looks on is let go of. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
  }

  /** Tries another widget for a connector. @returns what is wrong with it, in words, or null */
  preview(connector: string, input: unknown): string | null {
    try {
      this.previews.set(connector, this.#options.readWidget(input, connector));
      return null;
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  /** Stands between a socket and its session from here on. */
  open({ session, socket, stream, cursor, request, take }: Accepted): Line {
    const { clock } = this.#options;
    this.#connections += 1;
    const line = new Line({ id: this.#connections, session, socket, stream, log: this.log, clock, take });
    const lines = this.#lines.get(session) ?? new Set();
    this.#lines.set(session, lines.add(line));
    const userAgent = request.headers["user-agent"] ?? null;
    this.log.add({ kind: "opened", session, connection: line.id, cursor, userAgent });
    for (const lasting of this.#lasting) {
      if (lasting.session === session && lasting.fault.connection === undefined) this.#begin(lasting, line);
    }
    return line;
  }

  /** A connection is gone. */
  leave(session: string, line: Line, code: number): void {
    const lines = this.#lines.get(session);
    lines?.delete(line);
    if (lines?.size === 0) this.#lines.delete(session);
    for (const lasting of this.#lasting) {
      if (lasting.session === session && lasting.fault.connection === line.id) this.#forget(lasting);
    }
    line.closed(code);
  }

  /** An upgrade was answered with an error. @param session as the client named it */
  refused(session: string | null, { status, message }: HttpFault): void {
    this.log.add({ kind: "refused", session, connection: null, status, message });
  }

  /** The numbers of a session's open connections, oldest first. */
  connections(session: string): number[] {
    return [...(this.#lines.get(session) ?? [])].map(({ id }) => id);
  }

  /** The session of this id, if it is in memory. */
  awake(id: string): Session | undefined {
    return this.#options.sessions.awake(id);
  }

  /** The faults that a session has for a while, oldest first. */
  active(session: string): ActiveFault[] {
    return [...this.#lasting]
      .filter((lasting) => lasting.session === session)
      .map(({ fault, until }) => ({
        ...fault,
        until: until === null ? null : new Date(until).toISOString(),
      }));
  }

  /** Ends all lasting faults of a session: what they held back goes on its way. */
  clear(session: string): void {
    for (const lasting of this.#lasting) {
      if (lasting.session === session) this.#end(lasting);
    }
    this.log.add({ kind: "fault", session, connection: null, fault: { fault: "none" } });
  }

  /** Makes a fault happen. Resolves when it has, or has begun. */
  async apply(id: string, fault: Fault): Promise<Outcome> {
    const session = await this.#options.sessions.open(id);
    if (session === null || session.state.ended !== null) return { fault: FAULT_ERRORS.ended };
    const aim = this.#aim(id, "connection" in fault ? fault.connection : undefined);
    if (aim === null) return { fault: FAULT_ERRORS.unknownConnection };
    const refusal = await this.#happen(session, fault, aim);
    if (refusal !== null) return { fault: refusal };
    return { connections: aim.map((line) => line.id) };
  }

  /** @returns null where the one that was named is not open */
  #aim(session: string, connection: number | undefined): Line[] | null {
    const lines = [...(this.#lines.get(session) ?? [])];
    if (connection === undefined) return lines;
    const line = lines.find((line) => line.id === connection);
    return line === undefined ? null : [line];
  }

  async #happen(session: Session, fault: Fault, lines: readonly Line[]): Promise<HttpFault | null> {
    const note = () => {
      const connection = ("connection" in fault && fault.connection) || null;
      this.log.add({ kind: "fault", session: session.info.id, connection, fault });
    };
    switch (fault.fault) {
      case "drop":
        if (lines.length === 0) return FAULT_ERRORS.notConnected;
        note();
        for (const line of lines) line.drop(fault.code, fault.reason);
        return null;
      case "duplicate":
        return this.#duplicate(session, fault, lines, note);
      case "cut_mid_stream":
        if (!session.info.streaming) return FAULT_ERRORS.notStreaming;
        note();
        this.#last(session.info.id, fault, lines);
        return null;
      case "stall":
      case "delay":
        note();
        this.#last(session.info.id, fault, lines);
        return null;
      case "restart_agent":
        if (session.state.turn === null) return FAULT_ERRORS.noTurn;
        note();
        return (await session.restartAgent()) ? null : FAULT_ERRORS.noTurn;
      case "expire_token":
        note();
        this.#options.tokens.expire(session.record.sub);
        return null;
      case "end_idle":
        note();
        await session.abandon();
        return null;
    }
  }

  async #duplicate(
    session: Session,
    { sequence }: FaultOf<"duplicate">,
    lines: readonly Line[],
    note: () => void,
  ): Promise<HttpFault | null> {
    if (lines.length === 0) return FAULT_ERRORS.notConnected;
    const newest = sequence ?? Math.min(...lines.map(({ position }) => position));
    if (newest === 0 || lines.some(({ position }) => position < newest)) return FAULT_ERRORS.notSent;
    const [event] = await session.read(newest - 1, 1);
    if (event === undefined) return FAULT_ERRORS.notSent;
    note();
    for (const line of lines) line.send(event.data);
    return null;
  }

  /** Begins a fault that stays. It takes the place of one of its kind and aim. */
  #last(session: string, fault: LastingFault, lines: readonly Line[]): void {
    for (const lasting of this.#lasting) {
      const isSame = lasting.session === session && lasting.fault.fault === fault.fault;
      const isCovered = fault.connection === undefined || lasting.fault.connection === fault.connection;
      if (isSame && isCovered) this.#end(lasting);
    }
    const { clock } = this.#options;
    const ms = fault.fault === "stall" ? fault.ms : undefined;
    const lasting: Lasting = {
      session,
      fault,
      until: ms === undefined ? null : clock.now() + ms,
      timer: ms === undefined ? undefined : clock.after(ms, () => this.#end(lasting)),
    };
    this.#lasting.add(lasting);
    for (const line of lines) this.#begin(lasting, line);
    const [oldest] = this.#lasting;
    if (this.#lasting.size > MAX_LASTING && oldest !== undefined) this.#end(oldest);
  }

  #begin(lasting: Lasting, line: Line): void {
    const { fault } = lasting;
    if (fault.fault === "stall") line.stall();
    else if (fault.fault === "delay") line.delay(fault.ms);
    else line.cutBehind(fault.chunks, () => this.#forget(lasting));
  }

  #end(lasting: Lasting): void {
    this.#forget(lasting);
    const { fault, session } = lasting;
    for (const line of this.#aim(session, fault.connection) ?? []) {
      if (fault.fault === "stall") line.unstall();
      else if (fault.fault === "delay") line.delay(0);
      else line.uncut();
    }
  }

  #forget(lasting: Lasting): void {
    lasting.timer?.cancel();
    this.#lasting.delete(lasting);
  }
}
