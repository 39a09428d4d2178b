import type { KeyObject } from "node:crypto";
import { type HttpFault, LIMITS } from "@parley/protocol";
import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from "jose";
import type { VerifiedContext } from "../session/service.ts";

/** One of a connector's keys for verified context, known to the connector's own backend. */
export interface ContextKey {
  readonly kid: string;
  /** The secret's UTF-8 form. jose takes one of any length but 0: how strong it is, is the connector's choice. */
  readonly secret: KeyObject;
}

/** What a context token is checked against. */
export interface ContextCheck {
  /** The connector's keys. */
  keys: readonly ContextKey[];
  /** What `SESSION_START` told the client; null where the connector had no keys when the session began. */
  contextId: string | null;
  /** `iat` of the last token accepted in this session, seconds since 1970; null before the first. */
  lastIat: number | null;
  /** Milliseconds since 1970. */
  now: number;
}

const { contextTokenBytes, contextBytes, contextLifeSeconds, contextSkewSeconds } = LIMITS;

const fault = (status: 400 | 401, code: string, rule: string): HttpFault => ({
  status,
  code: `CONTEXT_${code}`,
  message: `Context rejected: ${rule}`,
});

/** Every rule of section 8 with the answer to a token that breaks it, in the order in which they are checked. */
export const CONTEXT_ERRORS = {
  notConfigured: fault(400, "NOT_CONFIGURED", "this session has no context_id"),
  tokenTooLarge: fault(400, "TOKEN_TOO_LARGE", `the token exceeds ${contextTokenBytes} bytes`),
  malformed: fault(400, "TOKEN_MALFORMED", "the token is not a signed JWT"),
  algorithm: fault(401, "ALGORITHM_NOT_ALLOWED", "alg must be HS256"),
  unknownKey: fault(401, "KEY_UNKNOWN", "kid names none of the connector's context keys"),
  signature: fault(401, "SIGNATURE_INVALID", "the signature does not verify"),
  subject: fault(401, "SUBJECT_MISMATCH", "sub is not the session's context_id"),
  times: fault(400, "TIMES_MISSING", "exp and iat must be numbers"),
  expired: fault(400, "TOKEN_EXPIRED", "exp has passed"),
  notYetValid: fault(400, "TOKEN_NOT_YET_VALID", "nbf is not a number, or is ahead"),
  ahead: fault(400, "ISSUED_AHEAD", `iat is more than ${contextSkewSeconds} s ahead`),
  lifetime: fault(400, "LIFE_TOO_LONG", `exp - iat exceeds ${contextLifeSeconds} s`),
  stale: fault(400, "STALE", "iat is below that of the last accepted token"),
  notFlat: fault(400, "NOT_FLAT", "ctx must be a flat object of strings, finite numbers, booleans and nulls"),
  tooLarge: fault(400, "TOO_LARGE", `ctx exceeds ${contextBytes} bytes as JSON`),
} as const satisfies Record<string, HttpFault>;

/**
 * Checks a context token [protocol section 8].
 * @returns what it says and its `iat` (seconds since 1970), or the first rule that it breaks
 */
export async function verifyContext(
  token: string,
  { keys, contextId, lastIat, now }: ContextCheck,
): Promise<{ context: VerifiedContext; iat: number } | { fault: HttpFault }> {
  if (contextId === null) return { fault: CONTEXT_ERRORS.notConfigured };
  if (Buffer.byteLength(token) > contextTokenBytes) return { fault: CONTEXT_ERRORS.tokenTooLarge };

  const header = readHeader(token);
  if (header === null) return { fault: CONTEXT_ERRORS.malformed };
  if (header.alg !== "HS256") return { fault: CONTEXT_ERRORS.algorithm };
  const key = keys.find(({ kid }) => kid === header.kid);
  if (key === undefined) return { fault: CONTEXT_ERRORS.unknownKey };

  let payload: JWTPayload;
  try {
    const verified = await jwtVerify(token, key.secret, {
      algorithms: ["HS256"],
      subject: contextId,
      requiredClaims: ["exp", "iat"],
      clockTolerance: contextSkewSeconds,
      currentDate: new Date(now),
    });
    payload = verified.payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return { fault: faultOf(error) };
    throw error;
  }

  const { iat, exp, ctx } = payload;
  if (iat === undefined || exp === undefined) return { fault: CONTEXT_ERRORS.times };
  if (iat > now / 1000 + contextSkewSeconds) return { fault: CONTEXT_ERRORS.ahead };
  if (exp - iat > contextLifeSeconds) return { fault: CONTEXT_ERRORS.lifetime };
  if (lastIat !== null && iat < lastIat) return { fault: CONTEXT_ERRORS.stale };
  if (!isFlat(ctx)) return { fault: CONTEXT_ERRORS.notFlat };
  if (Buffer.byteLength(JSON.stringify(ctx)) > contextBytes) return { fault: CONTEXT_ERRORS.tooLarge };
  return { context: ctx, iat };
}

function readHeader(token: string): ProtectedHeaderParameters | null {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

/** The rule behind jose's refusal. */
function faultOf(error: errors.JOSEError): HttpFault {
  if (error instanceof errors.JWSSignatureVerificationFailed) return CONTEXT_ERRORS.signature;
  if (error instanceof errors.JWTExpired) return CONTEXT_ERRORS.expired;
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "sub") return CONTEXT_ERRORS.subject;
    return error.claim === "nbf" ? CONTEXT_ERRORS.notYetValid : CONTEXT_ERRORS.times;
  }
  return CONTEXT_ERRORS.malformed;
}

/** A number beyond all bounds (`1e999`) is refused: as JSON it would come back as null. */
function isFlat(value: unknown): value is VerifiedContext {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (inner) =>
      inner === null || typeof inner === "string" || typeof inner === "boolean" || Number.isFinite(inner),
  );
}
