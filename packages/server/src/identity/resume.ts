import { randomBytes } from "node:crypto";
import { sameHash, sha256 } from "./digest.ts";

const RESUME_TOKEN_BYTES = 32;

/** 32 bytes are 43 characters of base64url. */
const X_RESUME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

/**
 * A resume token: 256 random bits for one session, for its client alone [protocol section 1].
 * @returns `hash`: what the server keeps, SHA-256 in hex
 */
export function newResumeToken(random: (bytes: number) => Buffer = randomBytes): {
  token: string;
  hash: string;
} {
  const token = random(RESUME_TOKEN_BYTES).toString("base64url");
  return { token, hash: sha256(token) };
}

/** Whether a resume token is the one whose hash was kept, in constant time. */
export const isResumeToken = (token: string, hash: string): boolean => sameHash(sha256(token), hash);

/** Reads `X-Resume: <session_id>.<resume_token>`; null where it has not that form. */
export function parseResume(header: string): { sessionId: string; token: string } | null {
  const [, sessionId, token] = X_RESUME.exec(header) ?? [];
  return sessionId === undefined || token === undefined ? null : { sessionId, token };
}
