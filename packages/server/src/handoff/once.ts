import type { SessionInfo } from "../agents/agent.ts";

/** What a provider is asked to take over. */
export interface HandoffRequest {
  session: SessionInfo;
  /** Why the agent gives the conversation away, in its own words. */
  reason: string | null;
  /** The queue it asked for. */
  queue: string | null;
}

/** How a request went. `reason` is for the user's eyes. */
export type HandoffOutcome = { kind: "failed"; reason: string } | { kind: "timed_out"; reason: string };

/** Who takes a conversation over [protocol section 6]. */
export interface HandoffProvider {
  /**
   * Looks for somebody, until the signal says that nobody is needed any more. A rejection counts as failed. A request
   * that was under way when the process died is made again.
   */
  request(request: HandoffRequest, signal: AbortSignal): Promise<HandoffOutcome>;
}
