import { type ClientEvent, EVENT, LIMITS } from "@parley/protocol";
import { createSessionSchema } from "@parley/protocol/schemas";
import type { Agent, AgentSource, Turn } from "../agents/agent.ts";
import { NO_HANDOFFS } from "../conversation/handoffs.ts";
import type { HandoffProvider } from "../handoff/provider.ts";
import { type Admission, Providers } from "../handoff/providers.ts";
import { unattended } from "../handoff/unattended.ts";
import { type Logger, silentLogger } from "../logger.ts";
import type { SessionPolicy } from "../session/parts.ts";
import type { Reader } from "../session/reader.ts";
import type { Session } from "../session/session.ts";
import { Sessions } from "../session/sessions.ts";
import { FakeSocket } from "./fake-socket.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryJournal } from "./memory-journal.ts";

export const IDLE_MS = 630_000;
export const GRACE_MS = 120_000;
export const SWEEP_MS = 5_000;
/** Longer than a session without sockets stays in memory. */
export const REST_MS = 11_000;

/** Queues that take everybody. */
const OPEN = { admit: async () => {} };

/** An agent whose turns a test answers by hand. */
export class ManualAgent implements Agent {
  readonly name = "Ada";
  readonly avatarUrl = "";
  readonly turns: Turn[] = [];
  readonly signals: AbortSignal[] = [];
  #answers: (() => void)[] = [];

  async *respond(turn: Turn, signal: AbortSignal) {
    this.turns.push(turn);
    this.signals.push(signal);
    if (turn.reason !== "greeting") await new Promise<void>((resolve) => this.#answers.push(resolve));
    yield { type: "text", text: turn.reason === "greeting" ? "Hello." : "Answer." } as const;
  }

  answer(): void {
    for (const answer of this.#answers.splice(0)) answer();
  }
}

export interface HouseOptions {
  /** Who answers; a `ManualAgent` by default. */
  source?: AgentSource;
  logger?: Logger;
  /** The connectors that are configured. */
  connectors?: readonly string[];
  policy?: Partial<SessionPolicy>;
  /** Who takes over, by name, beside nobody (`none`). */
  providers?: Record<string, HandoffProvider>;
  /** Which queues take nobody; by default all take everybody. */
  admission?: Admission;
  /** A fresh id; `id-1`, `id-2` … by default, which begin anew with each house. */
  newId?: () => string;
}

/** All sessions of one process over a journal, driven by hand. */
export class House {
  readonly clock = new ManualClock();
  readonly agent = new ManualAgent();
  readonly journal: MemoryJournal;
  readonly sessions: Sessions;

  constructor(
    journal = new MemoryJournal(),
    {
      source,
      logger = silentLogger,
      connectors = ["demo"],
      policy = {},
      providers = {},
      admission = OPEN,
      newId,
    }: HouseOptions = {},
  ) {
    this.journal = journal;
    let ids = 0;
    this.sessions = new Sessions({
      journal,
      clock: this.clock,
      newId:
        newId ??
        (() => {
          ids += 1;
          return `id-${ids}`;
        }),
      logger,
      providers: new Providers({ none: unattended, ...providers }, admission, logger),
      idleMs: IDLE_MS,
      graceMs: GRACE_MS,
      sweepMs: SWEEP_MS,
      policyOf: (connector) =>
        connectors.includes(connector)
          ? {
              agent: source ?? this.agent,
              greeting: "Welcome.",
              limits: { firstWordMs: 60_000, betweenWordsMs: 30_000, wholeAnswerMs: 600_000 },
              interrupts: false,
              handoffs: NO_HANDOFFS,
              hasContextKeys: false,
              ...policy,
            }
          : undefined,
    });
  }

  async create({ streaming = false } = {}): Promise<string> {
    const body = createSessionSchema.parse({ streaming_enabled: streaming });
    const { id } = await this.sessions.create({ sub: "user", connector: "demo", host: "localhost", body });
    return id;
  }

  /** Connects a socket and lets its replay pass. */
  async connect(id: string, cursor = 0): Promise<Connection> {
    const session = await this.sessions.open(id);
    if (session === null) throw new Error("no such session");
    const socket = new FakeSocket();
    const reader = session.attach(socket, cursor);
    await this.settle();
    return { session, socket, reader };
  }

  async joined(options: { streaming?: boolean } = {}): Promise<Connection & { id: string }> {
    const id = await this.create(options);
    const connection = await this.connect(id);
    join(connection);
    await this.settle();
    return { id, ...connection };
  }

  /** Lets everything happen that needs no more time than the pauses of a replay. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i += 1) {
      for (let j = 0; j < 50; j += 1) await Promise.resolve();
      this.clock.advance(LIMITS.batchPauseMs);
    }
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }
}

export interface Connection {
  session: Session;
  socket: FakeSocket;
  reader: Reader;
}

export const join = (connection: Connection) =>
  receive(connection, { type: EVENT.REQUEST_POLY_AGENT_JOIN, payload: {} });
export const say = (connection: Connection, text: string, custom?: object) =>
  receive(connection, { type: EVENT.USER_MESSAGE, payload: { text }, ...(custom && { custom }) });
export const end = (connection: Connection) =>
  receive(connection, { type: EVENT.USER_END_SESSION, payload: {} });

/** Resolves as well when the event could not be kept. */
const receive = async ({ session, reader }: Connection, event: ClientEvent): Promise<void> => {
  await session.receive(reader, event)?.catch(() => {});
};

export const types = (socket: FakeSocket) => socket.events.map(({ type }) => type.replace("EVENT_TYPE_", ""));
