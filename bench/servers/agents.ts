import type { AgentPart, Turn } from "@parley/server";
import { PART, PART_INTERVAL_MS, STAMPED_INTERVAL_MS } from "./peer.ts";

/** Thinks until its turn is taken from it, so that messages are journaled and echoed, and nothing else happens. */
export async function* silent(_turn: Turn, signal: AbortSignal): AsyncGenerator<AgentPart> {
  await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** A piece with the moment in which it was made, microseconds by the clock that all processes share. */
const stamped = () => `Q${String(process.hrtime.bigint() / 1_000n).padStart(16, "0")} quick words `;

/** Answers at once, with one piece. */
export async function* prompt(): AsyncGenerator<string> {
  yield stamped();
}

/** Greets, then answers with 50 pieces a second for as long as somebody listens. */
export async function* steady({ reason }: Pick<Turn, "reason">, signal: AbortSignal): AsyncGenerator<string> {
  let due = performance.now();
  do {
    yield PART;
    due += PART_INTERVAL_MS;
    const wait = due - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, wait)));
  } while (reason !== "greeting" && !signal.aborted);
}

/** Greets, then answers with 20 stamped pieces a second. */
export async function* dictation({ reason }: Turn, signal: AbortSignal): AsyncGenerator<string> {
  const began = performance.now();
  for (let part = 1; !signal.aborted; part += 1) {
    yield stamped();
    if (reason === "greeting") return;
    const wait = began + part * STAMPED_INTERVAL_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, wait)));
  }
}
