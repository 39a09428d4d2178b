import { createHash, timingSafeEqual } from "node:crypto";

/** SHA-256 of a text's UTF-8 form, as 64 lower-case hex digits. */
export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** What `sha256` prints. */
export const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Whether two texts are the same, in a time that does not tell where they differ; it may tell their lengths. */
export const isEqual = (a: string, b: string): boolean => areSame(Buffer.from(a), Buffer.from(b));

/** Whether two hashes made by `sha256` are the same, in a time that does not tell where they differ. */
export const sameHash = (a: string, b: string): boolean =>
  areSame(Buffer.from(a, "hex"), Buffer.from(b, "hex"));

const areSame = (left: Buffer, right: Buffer): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

/**
 * The entry whose hash is that of the presented credential, or null. Every entry is compared, so that the time taken
 * depends on their number alone. Both sides are hashed first: a credential's length does not show either.
 */
export function findByCredential<Entry>(
  entries: readonly Entry[],
  hashOf: (entry: Entry) => string,
  presented: string,
): Entry | null {
  const wanted = sha256(presented);
  let found: Entry | null = null;
  for (const entry of entries) {
    if (sameHash(hashOf(entry), wanted)) found = entry;
  }
  return found;
}
