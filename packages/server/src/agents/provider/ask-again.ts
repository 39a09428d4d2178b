import type { Clock } from "../../clock.ts";
import { AgentOverloaded } from "../agent.ts";
import { pause } from "../pause.ts";
import type { ProviderFault } from "./fault.ts";

/** A provider is asked so often for one thing. */
export const MAX_ASKS = 3;
/**
 * The longest wait that a provider may ask for and that is waited, milliseconds. The user sees that the agent thinks;
 * whoever has to wait longer is better told to come back.
 */
export const LONGEST_WAIT_MS = 10_000;
/** The wait where the provider names none, milliseconds; it doubles each time. */
const FIRST_WAIT_MS = 500;

/** What was asked again, and why; for the turn's record. */
export interface Retried {
  type: "retried";
  reason: string;
}

export interface AskOptions {
  clock: Clock;
  signal: AbortSignal;
  /** Reads what was thrown. */
  toFault(error: unknown): ProviderFault;
}

/**
 * Asks a provider, and asks again where it failed before it gave anything. What it gave has been handed on and cannot be
 * taken back, so a fault behind it is thrown as it is.
 *
 * @throws AgentOverloaded where the provider has too much to do, or wants a longer wait than `LONGEST_WAIT_MS`
 * @throws ProviderFault for any other fault that stays
 * @throws the signal's reason when it is aborted
 */
export async function* askAgain<T>(
  ask: () => AsyncIterable<T>,
  { clock, signal, toFault }: AskOptions,
): AsyncGenerator<T | Retried> {
  for (let asked = 1; ; asked += 1) {
    let hasGiven = false;
    try {
      for await (const given of ask()) {
        // What it cost is for the record, and no reason against another try.
        hasGiven ||= !isUsage(given);
        yield given;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      const fault = toFault(error);
      if (hasGiven) throw fault;
      const wait = waitAfter(fault, asked);
      if (wait === null) throw fault.kind === "overloaded" ? overloaded(fault) : fault;
      yield { type: "retried", reason: `${fault.message}; asked again after ${wait} ms` };
      await pause(clock, wait, signal);
    }
  }
}

const isUsage = (given: unknown): boolean => (given as { type?: unknown } | null)?.type === "usage";

/** @returns milliseconds; null where asking again is of no use */
function waitAfter(fault: ProviderFault, asked: number): number | null {
  if (fault.kind === "final" || asked >= MAX_ASKS) return null;
  const wait = fault.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (asked - 1);
  return wait > LONGEST_WAIT_MS ? null : wait;
}

function overloaded(fault: ProviderFault): AgentOverloaded {
  const { message, retryAfterMs } = fault;
  return new AgentOverloaded(message, { cause: fault, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
