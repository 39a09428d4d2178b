import { randomBytes } from "node:crypto";
import type { HttpFault } from "@parley/protocol";
import { z } from "zod";
import type { Journal } from "../journal/journal.ts";
import { findByCredential, SHA256_HEX, sha256 } from "./digest.ts";

/** What an operator key may be good for. */
export const SCOPES = [
  "sessions:read",
  "turns:write",
  /** Reads handoffs. */
  "handoffs:read",
  /** Has a person take a conversation over. */
  "handoffs:write",
  /** Is the person: joins, speaks, gives back. */
  "handoffs:answer",
] as const;

export type Scope = (typeof SCOPES)[number];

/** One key of somebody who runs the server. */
export interface OperatorKey {
  /** A name for logs and lists. */
  readonly id: string;
  /** SHA-256 of the key, hex: the key itself is not kept. */
  readonly keyHash: string;
  readonly scopes: readonly Scope[];
}

/** An operator key that was made by `parley operator add`. */
export interface StoredOperatorKey extends OperatorKey {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The answers to an operator that may not. No shipped client comes here, so 401 and 403 may be used freely. */
export const OPERATOR_ERRORS = {
  missing: { status: 401, code: "MISSING_OPERATOR_KEY", message: "Missing operator key" },
  unknown: { status: 401, code: "UNKNOWN_OPERATOR_KEY", message: "Unknown operator key" },
  forbidden: { status: 403, code: "MISSING_SCOPE", message: "Operator key lacks the scope for this" },
} as const satisfies Record<string, HttpFault>;

/**
 * Who asks, by `Authorization: Bearer <key>`, and whether they may.
 * @param header the Authorization header as it came
 */
export function authorizeOperator(
  operators: readonly OperatorKey[],
  header: string | undefined,
  scope: Scope,
): { operator: OperatorKey } | { fault: HttpFault } {
  const key = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
  if (key === undefined) return { fault: OPERATOR_ERRORS.missing };
  const operator = findByCredential(operators, ({ keyHash }) => keyHash, key);
  if (operator === null) return { fault: OPERATOR_ERRORS.unknown };
  return operator.scopes.includes(scope) ? { operator } : { fault: OPERATOR_ERRORS.forbidden };
}

/** The kind of the journal's records that hold operator keys. */
const RECORD_KIND = "operator_key";

const record = z.object({
  keyHash: z.string().regex(SHA256_HEX),
  /** A later release may know more scopes; those unknown here are good for nothing here. */
  scopes: z.array(z.string()).transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  createdAt: z.number(),
});

/** The stored operator keys, oldest first. @throws where a record is damaged */
export async function loadOperatorKeys(journal: Pick<Journal, "records">): Promise<StoredOperatorKey[]> {
  const records = await journal.records(RECORD_KIND);
  return records.map(({ id, data }) => read(id, data)).sort((a, b) => a.createdAt - b.createdAt);
}

function read(id: string, data: string): StoredOperatorKey {
  try {
    return { id, ...record.parse(JSON.parse(data)) };
  } catch (error) {
    throw new Error(
      `The stored operator key "${id}" is damaged. Remove it with: parley operator remove ${id}`,
      { cause: error },
    );
  }
}

/**
 * Makes a key of 256 random bits and keeps its hash.
 * @returns the key: this is the only time that it can be seen
 */
export async function addOperatorKey(
  journal: Pick<Journal, "putRecord">,
  { id, scopes, createdAt }: Omit<StoredOperatorKey, "keyHash">,
  random: (bytes: number) => Buffer = randomBytes,
): Promise<string> {
  const key = `parley_${random(32).toString("base64url")}`;
  await journal.putRecord(RECORD_KIND, id, JSON.stringify({ keyHash: sha256(key), scopes, createdAt }));
  return key;
}

/** @returns whether there was such a key */
export const removeOperatorKey = (journal: Pick<Journal, "deleteRecord">, id: string): Promise<boolean> =>
  journal.deleteRecord(RECORD_KIND, id);
