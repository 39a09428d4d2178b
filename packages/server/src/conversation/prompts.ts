import type { Draft } from "./draft.ts";
import { digest } from "./keys.ts";
import { type Conversation, isHandedOff } from "./state.ts";
import type { Prompt } from "./turn.ts";
import { startOwedTurn } from "./turns.ts";

/** Bounds of what operators may ask of one session. */
export const PROMPTS = {
  /** That wait while the agent speaks: each is a turn, and who asks for more is faster than anybody reads. */
  waiting: 20,
  /** In a session's life: bounds the table of keys. */
  perSession: 1_000,
} as const;

/** What an operator asks of a session. */
export interface PromptRequest extends Prompt {
  /** The second request of a key is the first one again. Keys stand in the journal for as long as the session does. */
  readonly key: string | null;
}

/** Why an operator's request is not taken. */
export type PromptRefusal = "ended" | "not_joined" | "handed_off" | "key_conflict" | "too_many";

/** What becomes of a request: a new one, one that was taken already, or none. */
export type PromptVerdict = "new" | { readonly taken: string } | { readonly refusal: PromptRefusal };

export function judgePrompt(state: Conversation, request: PromptRequest): PromptVerdict {
  const known = state.promptKeys.find(({ key }) => key === request.key);
  if (known !== undefined) {
    return known.digest === digestOf(request) ? { taken: known.id } : { refusal: "key_conflict" };
  }
  if (state.ended !== null) return { refusal: "ended" };
  if (isHandedOff(state)) return { refusal: "handed_off" };
  if (state.speaker !== "agent") return { refusal: "not_joined" };
  const isFull = state.prompts.length >= PROMPTS.waiting || state.promptCount >= PROMPTS.perSession;
  return isFull ? { refusal: "too_many" } : "new";
}

/** An operator asks for a word. It waits for its turn while the agent speaks. */
export function prompt(draft: Draft, { id, key, prompt, text }: PromptRequest): void {
  const request = { id, key, prompt, text };
  if (judgePrompt(draft.state, request) !== "new") return;
  draft.fact("prompted", { ...request, digest: digestOf(request) });
  startOwedTurn(draft);
}

const digestOf = ({ prompt, text }: PromptRequest): string => digest(JSON.stringify({ prompt, text }));
