import { randomUUID } from "node:crypto";
import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Received, WireEvent } from "./client/recording.ts";
import { carries, type Socket, type WaitOptions } from "./client/socket.ts";
import { Failure } from "./failure.ts";
import type { Profile, Triggers } from "./profile.ts";

/** An agent's message, whole, whichever way it came. */
export interface Answer {
  text: string;
  messageId: string;
  /** The message, or its chunks. */
  parts: Received[];
  last: Received;
}

/** The two ways in which it comes, by what a session asks for. */
export const FORMS = [
  { form: "message", streaming_enabled: false },
  { form: "stream", streaming_enabled: true },
] as const;

/** Long enough for an agent that thinks before it speaks and tells a story. */
const ANSWER_MS = 25_000;

/** Asks the agent in, and waits for the end of its greeting. */
export async function join(socket: Socket): Promise<{ echo: Received; joined: Received; greeting: Answer }> {
  const before = socket.last;
  socket.send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
  const echo = await socket.waitFor(EVENT.REQUEST_POLY_AGENT_JOIN, { after: before });
  const joined = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: echo });
  return { echo, joined, greeting: await answerAfter(socket, joined) };
}

/** Says something under a key of its own, and waits for the echo. */
export function say(
  socket: Socket,
  text: string,
  custom: object = {},
  options: WaitOptions = {},
): Promise<Received> {
  const localId = randomUUID();
  const before = socket.last;
  socket.send(EVENT.USER_MESSAGE, { text }, { local_id: localId, ...custom });
  const key = "local_id" in custom ? custom.local_id : localId;
  return socket.wait(
    "the echo of a message",
    (event) => event.type === EVENT.USER_MESSAGE && carries(event, "local_id", key),
    { after: before, ...options },
  );
}

/** Says something, and waits for the end of the answer. */
export async function ask(socket: Socket, text: string): Promise<{ echo: Received; answer: Answer }> {
  const echo = await say(socket, text);
  return { echo, answer: await answerAfter(socket, echo) };
}

/** The next message of the agent that is complete, behind something that came. */
export async function answerAfter(socket: Socket, after: Received | undefined): Promise<Answer> {
  const last = await socket.wait("the end of an agent's message", isMessageEnd, {
    after,
    within: ANSWER_MS,
  });
  const messageId = String(last.event.payload.message_id);
  const parts = socket.received.filter(
    ({ event, index }) => index <= last.index && isAgentText(event) && event.payload.message_id === messageId,
  );
  return { text: parts.map(({ event }) => textOf(event)).join(""), messageId, parts, last };
}

/** The agent's answer that holds a text, of those behind something that came. */
export async function answerWith(socket: Socket, text: string, after: Received | undefined): Promise<Answer> {
  let answer = await answerAfter(socket, after);
  while (!answer.text.includes(text)) answer = await answerAfter(socket, answer.last);
  return answer;
}

/** Whether an event belongs to what an agent says; call actions of their own do not. */
export const isAgentText = ({ type, payload }: WireEvent): boolean =>
  type === EVENT.POLY_AGENT_MESSAGE_CHUNK || (type === EVENT.POLY_AGENT_MESSAGE && payload.text !== "");

const isMessageEnd = (event: WireEvent): boolean =>
  isAgentText(event) && (event.type === EVENT.POLY_AGENT_MESSAGE || event.payload.is_complete === true);

/** The text of an event that has one. @throws Failure where it has none */
export function textOf({ type, payload }: WireEvent): string {
  if (typeof payload.text !== "string") throw new Failure(`a text in ${type}`, payload);
  return payload.text;
}

/** The text that makes the agent do something; the check's `needs` have made sure that there is one. */
export function trigger(profile: Profile, name: Exclude<keyof Triggers, "echo" | "wait">): string {
  const text = profile.triggers[name];
  if (text === undefined) throw new Error(`the check uses the trigger "${name}" without needing it`);
  return text;
}

/** The text that makes the agent think for so many seconds. */
export function waitTrigger({ triggers }: Profile, seconds: number): string {
  if (triggers.wait === undefined) throw new Error('the check uses the trigger "wait" without needing it');
  return triggers.wait.replace("{seconds}", String(seconds));
}

/** The error or warning that comes behind something; the hint to join, which comes when it is time, is none. */
export function errorAfter(
  socket: Socket,
  after: Received | undefined,
  options: WaitOptions = {},
): Promise<Received> {
  return socket.wait(
    "an error",
    ({ type, payload }) =>
      type === EVENT.SYSTEM_MESSAGE && payload.message !== SYSTEM_MESSAGES.noConversation,
    { after, ...options },
  );
}
