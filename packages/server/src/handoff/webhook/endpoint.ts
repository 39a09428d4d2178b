import { readRetryAfter } from "../../agents/provider/fault.ts";
import type { Clock } from "../../clock.ts";
import { signedHeaders } from "./signature.ts";

/** Bytes of an answer's body that are read, so that its connection can be used again; what is longer is cut off. */
const ANSWER_BYTES = 16_384;

export interface EndpointOptions {
  /** An http or https URL. */
  url: string;
  /** Each signs. */
  secrets: readonly Buffer[];
  /** How long an answer may take, milliseconds. */
  timeoutMs: number;
  /** As `Parley/0.1.0`. */
  userAgent: string;
  clock: Clock;
}

/** What became of a request. */
export type Attempt =
  | { readonly isDelivered: true }
  | {
      readonly isDelivered: false;
      /** For the log: a status, or the name of an error. Nothing of what was sent or answered. */
      readonly why: string;
      /** The receiver wants no more requests, ever [Standard Webhooks 1.0, "Delivery success and failure"]. */
      readonly isGone: boolean;
      /** How long it wants to be left alone, milliseconds. */
      readonly retryAfterMs?: number;
    };

/**
 * Where deliveries go. A delivery has arrived where the answer is a 2xx, whatever stands in it; no redirect is followed,
 * and certificates are checked.
 */
export class Endpoint {
  readonly #options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** One attempt. @param signal breaks it off */
  async post(id: string, body: string, signal: AbortSignal): Promise<Attempt> {
    const { url, secrets, timeoutMs, userAgent, clock } = this.#options;
    const late = new AbortController();
    const timer = clock.after(timeoutMs, () => late.abort());
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": userAgent,
          ...signedHeaders(secrets, id, clock.now(), body),
        },
        body,
        signal: AbortSignal.any([late.signal, signal]),
      });
      await drain(response);
      return judge(response, clock.now());
    } catch (error) {
      const why = late.signal.aborted ? `no answer within ${timeoutMs / 1_000} s` : nameOf(error);
      return { isDelivered: false, why, isGone: false };
    } finally {
      timer.cancel();
    }
  }
}

function judge({ ok, status, headers }: Response, now: number): Attempt {
  if (ok) return { isDelivered: true };
  const retryAfterMs = readRetryAfter((name) => headers.get(name), now);
  return {
    isDelivered: false,
    why: `the answer was ${status}`,
    isGone: status === 410,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** The answer was given with its head: a body that breaks off changes nothing. */
async function drain({ body }: Response): Promise<void> {
  if (body === null) return;
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      // Leaving the loop cancels the rest.
      if (bytes > ANSWER_BYTES) return;
    }
  } catch {}
}

/** `fetch` says in its cause what has happened; its own name and message are the same for all. */
function nameOf(error: unknown): string {
  const { cause = error } = error as Error;
  const { name, code } = cause as { name?: unknown; code?: unknown };
  return String(typeof code === "string" ? code : name);
}
