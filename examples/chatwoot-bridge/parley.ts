import { createHmac, timingSafeEqual } from "node:crypto";

/** Requests that are older are not believed, seconds. */
const TOLERANCE = 300;

/** What Parley tells. */
export interface Delivery {
  type:
    | "handoff.requested"
    | "handoff.transferred"
    | "handoff.ended"
    | "user.message"
    | "user.context"
    | "user.typing"
    | "user.presence";
  data: {
    handoff_id: string;
    session_id: string;
    // biome-ignore lint/suspicious/noExplicitAny: what else there is depends on the type; see docs/handoff.md.
    [key: string]: any;
  };
}

/** Whether a request comes from Parley, as it is: the three headers of Standard Webhooks, and the body as it came. */
export function isFromParley(
  secret: string,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) < TOLERANCE)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return String(signatures)
    .split(" ")
    .some((one) => {
      const given = Buffer.from(one.replace(/^v1,/, ""), "base64");
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}

/** The way back: commands of a handoff. */
export class Parley {
  readonly #url: string;
  readonly #key: string;

  /** @param key an operator key with the scope `handoffs:answer` */
  constructor(url: string, key: string) {
    this.#url = url.replace(/\/+$/, "");
    this.#key = key;
  }

  /**
   * @param key names the command: a repetition is the first one again
   * @returns null where it was carried out, and the code of what it was refused with where it can never be
   * @throws where it is worth another try
   */
  async command(handoff: string, command: object, key?: string): Promise<string | null> {
    const answer = await fetch(`${this.#url}/api/v1/handoffs/${handoff}/commands`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${this.#key}`,
        "Content-Type": "application/json",
        ...(key !== undefined && { "Idempotency-Key": key }),
      },
      body: JSON.stringify(command),
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.ok) {
      await answer.arrayBuffer();
      return null;
    }
    const { code, error } = (await answer.json().catch(() => ({}))) as { code?: string; error?: string };
    if (code !== undefined && [400, 404, 409].includes(answer.status)) return code;
    throw new Error(`Parley answered ${answer.status}${error ? `: ${error}` : ""}`);
  }
}
