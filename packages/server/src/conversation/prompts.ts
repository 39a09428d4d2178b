import type { Draft } from "./draft.ts";
import { digest } from "./keys.ts";
import { judgeRequest, type OperatorVerdict } from "./operators.ts";
import type { Conversation } from "./state.ts";
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

export function judgePrompt(state: Conversation, request: PromptRequest): OperatorVerdict {
  const isFull = state.prompts.length >= PROMPTS.waiting || state.promptCount >= PROMPTS.perSession;
  const asked = { key: request.key, digest: () => digestOf(request) };
  return judgeRequest(state, state.promptKeys, asked, isFull);
}

/** An operator asks for a word. It waits for its turn while the agent speaks. */
export function prompt(draft: Draft, { id, key, prompt, text }: PromptRequest): void {
  const request = { id, key, prompt, text };
  if (judgePrompt(draft.state, request) !== "new") return;
  draft.fact("prompted", { ...request, digest: digestOf(request) });
  startOwedTurn(draft);
}

const digestOf = ({ prompt, text }: PromptRequest): string => digest(JSON.stringify({ prompt, text }));
