import { type Attachment, type CallAction, EVENT, type Suggestion, type TurnFailure } from "@parley/protocol";
import type { AgentCommand } from "./agent-commands.ts";
import { Chunker } from "./chunker.ts";
import type { Draft } from "./draft.ts";
import { hidesFailure } from "./state.ts";
import { MAX_ATTEMPTS, type RunningTurn, type TurnReason } from "./turn.ts";

/** What is known of a turn beside its reason. */
type TurnDetails = Partial<
  Pick<RunningTurn, "returned" | "prompt" | "promptId" | "interrupted" | "from" | "through">
>;

/**
 * Starts a turn over what the user has written and nobody has answered, as much of it as a turn may hold, unless it is a
 * greeting or prompted.
 */
export function startTurn(draft: Draft, reason: TurnReason, details: TurnDetails = {}): void {
  if (draft.context.draining) return;
  const { sequence, position, asked, answered, portions } = draft.state;
  const next = portions.find((end) => end > answered) ?? asked;
  begin(draft, {
    attempt: 1,
    reason,
    since: sequence,
    through: reason === "greeting" || reason === "prompted" ? answered : next,
    returned: null,
    prompt: null,
    promptId: null,
    from: position,
    interrupted: null,
    ...details,
  });
}

/** Starts the next turn if the agent has the word, is silent, and owes an answer. The user's words come first. */
export function startOwedTurn(draft: Draft): void {
  const { speaker, turn, greeted, ended, returned } = draft.state;
  if (speaker !== "agent" || turn !== null || ended !== null || hidesFailure(draft.state)) return;
  if (greeted && returned === null) sayWaitingTexts(draft);
  const {
    asked,
    answered,
    prompts: [next],
  } = draft.state;
  if (!greeted) startTurn(draft, "greeting");
  else if (returned !== null) startTurn(draft, "returned", { returned });
  else if (asked > answered) startTurn(draft, "messages");
  else if (next !== undefined) startTurn(draft, "prompted", { prompt: next.prompt, promptId: next.id });
}

/** An operator's own words need no agent: a turn that begins and ends in one append. */
function sayWaitingTexts(draft: Draft): void {
  if (draft.context.draining) return;
  for (const { id, text } of draft.state.prompts) {
    if (text === null) return;
    const { sequence, position, answered } = draft.state;
    const number = draft.state.turns + 1;
    draft.fact("turn_started", {
      number,
      attempt: 1,
      reason: "prompted",
      since: sequence,
      through: answered,
      returned: null,
      prompt: null,
      promptId: id,
      from: position,
      interrupted: null,
      agent: null,
      at: draft.context.now,
    });
    sayText(draft, text);
    draft.fact("turn_ended", { number, outcome: "answered", at: draft.context.now });
  }
}

function sayText(draft: Draft, text: string): void {
  if (!draft.state.streaming) {
    sendMessage(draft, { text, attachments: [], suggestions: [], callActions: [] });
    return;
  }
  const chunker = new Chunker();
  chunker.push(text);
  const chunks = chunker.finish();
  for (const [i, chunk] of chunks.entries()) {
    appendChunk(draft, { text: chunk, isComplete: i === chunks.length - 1 });
  }
}

function begin(draft: Draft, turn: Omit<RunningTurn, "number" | "said">) {
  const { turns, agent } = draft.state;
  draft.fact("turn_started", {
    number: turns + 1,
    ...turn,
    agent: agent?.name ?? null,
    at: draft.context.now,
  });
  const started = draft.state.turn;
  if (started !== null) draft.effect({ kind: "run_turn", turn: started });
}

/**
 * The user speaks over the agent, where the connector wants that to break off what it says: the open stream is completed,
 * and the agent is asked anew. Words that had an answer, or a part of one, are dealt with; without a word of it they go
 * into the next turn, with the tools that were called for it. A greeting is never interrupted, and what nobody would ask for
 * again (a prompt, the word of who is back) only when some of it was heard.
 *
 * @returns what the next turn must know; null where nothing was interrupted
 */
export function interruptTurn(draft: Draft): TurnDetails | null {
  const { turn } = draft.state;
  const { interrupts, draining, now } = draft.context;
  if (!interrupts || draining || turn === null || turn.reason === "greeting") return null;
  if (turn.reason !== "messages" && !turn.said) return null;
  completeStream(draft);
  const { number, said, since } = turn;
  // Nothing was dealt with where nothing was said.
  draft.fact("turn_ended", { number, outcome: "interrupted", ...(!said && { answered: 0 }), at: now });
  draft.effect({ kind: "stop_turn" });
  const interrupted = { since, through: draft.state.sequence };
  return said ? { interrupted } : { interrupted: turn.interrupted ?? interrupted, from: turn.from };
}

/** Whether a command of the agent's belongs to the turn that runs. Words of any other turn are not heard. */
export const isCurrent = (draft: Draft, command: AgentCommand): boolean =>
  draft.state.turn !== null && draft.state.turn.number === command.turn && draft.state.ended === null;

/** A piece of the message that is being streamed; the first opens it [protocol section 5]. */
export function chunk(
  draft: Draft,
  { text, language }: Extract<AgentCommand, { kind: "agent_chunk" }>,
): void {
  changeLanguage(draft, language);
  appendChunk(draft, { text, isComplete: false });
}

interface MessageBody {
  text: string;
  attachments: Attachment[];
  suggestions: Suggestion[];
  callActions: CallAction[];
}

/** A whole message, or the rest of the one that is being streamed [protocol section 5]. */
export function message(draft: Draft, { language, ...body }: MessageBody & { language?: string }): void {
  const { text, attachments, suggestions, callActions } = body;
  const isEmpty = text === "" && attachments.length + suggestions.length === 0;
  if (isEmpty && callActions.length === 0 && draft.state.stream === null) return;
  changeLanguage(draft, language);
  if (!draft.state.streaming) {
    sendMessage(draft, body);
    return;
  }
  if (!isEmpty || draft.state.stream !== null) {
    appendChunk(draft, { text, attachments, suggestions, isComplete: true });
  }
  // Call actions are not read on chunks, so they follow in a message of their own.
  if (callActions.length > 0) sendMessage(draft, { text: "", attachments: [], suggestions: [], callActions });
}

function sendMessage(draft: Draft, { text, attachments, suggestions, callActions }: MessageBody): void {
  draft.event(EVENT.POLY_AGENT_MESSAGE, {
    message_id: draft.context.newId(),
    text,
    attachments,
    response_suggestions: suggestions,
    ...(callActions.length > 0 && { chat_call_actions: callActions }),
  });
}

function appendChunk(
  draft: Draft,
  part: { text: string; attachments?: Attachment[]; suggestions?: Suggestion[]; isComplete: boolean },
): void {
  const { stream } = draft.state;
  draft.event(EVENT.POLY_AGENT_MESSAGE_CHUNK, {
    message_id: stream?.messageId ?? draft.context.newId(),
    text: part.text,
    attachments: part.attachments ?? [],
    response_suggestions: part.suggestions ?? [],
    chunk_index: (stream?.chunks ?? 0) + 1,
    is_complete: part.isComplete,
  });
}

/** An answer that breaks off still gets its completing chunk [protocol section 5]. */
export function completeStream(draft: Draft): void {
  if (draft.state.stream !== null) appendChunk(draft, { text: "", isComplete: true });
}

function changeLanguage(draft: Draft, language: string | undefined): void {
  if (language === undefined || language === draft.state.language) return;
  draft.event(EVENT.LANGUAGE_CHANGED, { language_code: language });
}

/** The agent has said all it has to say. */
export function turnDone(draft: Draft): void {
  const { turn, streaming } = draft.state;
  if (turn === null) return;
  completeStream(draft);
  if (!draft.state.turn?.said) {
    if (turn.reason !== "greeting") {
      turnFailed(draft, { overloaded: false, spoke: false, cause: "the answer was empty" });
      return;
    }
    const text = draft.context.greeting;
    if (streaming) appendChunk(draft, { text, isComplete: true });
    else sendMessage(draft, { text, attachments: [], suggestions: [], callActions: [] });
  }
  draft.fact("turn_ended", { number: turn.number, outcome: "answered", at: draft.context.now });
  startOwedTurn(draft);
}

/** The agent failed: its user is told, and then what was written meanwhile gets a turn of its own [protocol section 5]. */
export function turnFailed(
  draft: Draft,
  { overloaded, spoke, cause }: { overloaded: boolean; spoke: boolean; cause?: string },
): void {
  const said = spoke || draft.state.turn?.said === true;
  failTurn(draft, overloaded ? "overloaded" : said ? "brokeOff" : "failedBeforeWords", cause);
}

/** Ends the running turn as failed and tells its user why; what waits is taken up when that was heard. */
export function failTurn(draft: Draft, failure: TurnFailure, cause?: string): void {
  const { turn } = draft.state;
  if (turn === null) return;
  completeStream(draft);
  draft.fact("turn_ended", {
    number: turn.number,
    outcome: "failed",
    failure,
    ...(cause !== undefined && { cause }),
    at: draft.context.now,
  });
  draft.tell(failure);
}

/** Somebody was there to hear of a failure: what was written meanwhile gets its turn. */
export function failureTold(draft: Draft): void {
  if (!hidesFailure(draft.state)) return;
  draft.fact("failure_told", {});
  startOwedTurn(draft);
}

/**
 * Takes the word from the agent; from here on nothing of its turn is heard.
 *
 * @param answered the sequence of the last of its messages that is dealt with; all are where it is not given
 */
export function stopTurn(draft: Draft, answered = Number.POSITIVE_INFINITY): void {
  const { turn } = draft.state;
  completeStream(draft);
  if (turn === null) return;
  const isPart = answered < turn.through;
  const { now } = draft.context;
  draft.fact("turn_ended", { number: turn.number, outcome: "stopped", ...(isPart && { answered }), at: now });
  draft.effect({ kind: "stop_turn" });
}

/**
 * The process died during a turn: what it was saying is completed as it stands, and the agent is asked again under a
 * new number, so that no word of the first attempt can still arrive.
 */
export function resumeTurn(draft: Draft): void {
  completeStream(draft);
  const { turn } = draft.state;
  if (turn === null) startOwedTurn(draft);
  else if (turn.attempt >= MAX_ATTEMPTS) {
    turnFailed(draft, { overloaded: false, spoke: false, cause: "the process died in every attempt" });
  } else if (!draft.context.draining) {
    const { number: _, said: __, ...same } = turn;
    begin(draft, { ...same, attempt: turn.attempt + 1 });
  }
}
