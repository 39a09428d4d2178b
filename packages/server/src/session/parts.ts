import type { AgentSource } from "../agents/agent.ts";
import type { AnswerLimits } from "../agents/answer.ts";
import type { Clock } from "../clock.ts";
import type { HandoffPolicy } from "../conversation/handoffs.ts";
import type { Providers } from "../handoff/providers.ts";
import type { Journal } from "../journal/journal.ts";
import type { Logger } from "../logger.ts";
import type { Session } from "./session.ts";

/** What a session's connector decides. */
export interface SessionPolicy {
  agent: AgentSource;
  /** What the user reads where the agent's greeting yields nothing. */
  greeting: string;
  limits: AnswerLimits;
  /** Whether the user's words break off what the agent is saying. */
  interrupts: boolean;
  handoffs: HandoffPolicy;
}

/** What all sessions of a process share. */
export interface SessionParts {
  journal: Journal;
  clock: Clock;
  /** A fresh UUID. */
  newId: () => string;
  logger: Logger;
  /** Who takes conversations over. */
  providers: Providers;
  /** Without a sign of life for so long, milliseconds, a session is abandoned. */
  idleMs: number;
}

/** What a session tells the one that keeps it. */
export interface SessionOwner {
  /** The server is going down: no new turn starts. */
  readonly draining: boolean;
  /** It has neither sockets nor work. */
  resting(session: Session): void;
  /** The journal did not take its rows: what it has in memory is not true any more. */
  failed(session: Session, error: unknown): void;
}
