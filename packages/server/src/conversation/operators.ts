import { type Conversation, isHandedOff } from "./state.ts";

/** A request of an operator's that had a key, and what it became. */
export interface TakenRequest {
  readonly key: string;
  readonly id: string;
  /** Tells whether a second request of this key is the same request. */
  readonly digest: string;
}

/** Why what an operator asks of a conversation is not taken, in the order in which it is checked. */
export type OperatorRefusal = "key_conflict" | "ended" | "handed_off" | "not_joined" | "too_many";

/** What becomes of a request: a new one, one that was taken already, or none. */
export type OperatorVerdict = "new" | { readonly taken: string } | { readonly refusal: OperatorRefusal };

/**
 * Whether an operator may have the agent do something, or go, now.
 *
 * @param taken those of its kind that had a key
 * @param isFull whether no new one of its kind is taken
 */
export function judgeRequest(
  state: Conversation,
  taken: readonly TakenRequest[],
  { key, digest }: { key: string | null; digest: () => string },
  isFull: boolean,
): OperatorVerdict {
  const known = taken.find((request) => request.key === key);
  if (known !== undefined) {
    return known.digest === digest() ? { taken: known.id } : { refusal: "key_conflict" };
  }
  if (state.ended !== null) return { refusal: "ended" };
  if (isHandedOff(state)) return { refusal: "handed_off" };
  if (state.speaker !== "agent") return { refusal: "not_joined" };
  return isFull ? { refusal: "too_many" } : "new";
}
