import { createHmac } from "node:crypto";

/** How a secret is written: this, and then base64. */
const PREFIX = "whsec_";
/** A secret's length, bytes [Standard Webhooks 1.0, "Signature scheme"]. */
export const SECRET_BYTES = { min: 24, max: 64 } as const;

/** The bytes of a secret as it is written in a configuration; null where it is none. */
export function parseSecret(text: string): Buffer | null {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const key = Buffer.from(base64, "base64");
  // What is no base64 is read up to where it stops being some.
  if (key.toString("base64").replaceAll("=", "") !== base64.replaceAll("=", "")) return null;
  return key.length >= SECRET_BYTES.min && key.length <= SECRET_BYTES.max ? key : null;
}

/**
 * The headers of a request, by Standard Webhooks 1.0. All secrets sign, so that the receiver's can be replaced at any
 * time between the day when a second one is added and the day when the first is taken away.
 *
 * @param id names the delivery: the same in every attempt. Without a dot, since dots part what is signed
 * @param now milliseconds since 1970: the time of this attempt
 * @param body as it is sent
 */
export function signedHeaders(
  secrets: readonly Buffer[],
  id: string,
  now: number,
  body: string,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const timestamp = String(Math.floor(now / 1_000));
  const content = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((key) => `v1,${createHmac("sha256", key).update(content).digest("base64")}`);
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
