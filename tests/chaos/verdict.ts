import { once } from "node:events";
import { CLOSE, EVENT, type EventBatch, type ServerEvent } from "@parley/protocol";
import { WebSocket } from "ws";
import type { Place } from "../../bench/load/handshake.ts";
import type { Client } from "./client.ts";
import { type Kept, keyOf, standsFor } from "./view.ts";

/** An ended session's journal from its second event on, as one reads it who was never there. */
export async function readJournal({ session, accessToken }: Place, port: number): Promise<Kept[]> {
  // From cursor 0 the chunks of a message would be joined.
  const query = new URLSearchParams({ session_id: session, access_token: accessToken, cursor: "1" });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?${query}`);
  const journal: Kept[] = [];
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data)) as ServerEvent | EventBatch;
    if (frame.type === EVENT.EVENT_BATCH) journal.push(...(frame.payload.events as Kept[]));
  });
  const [code] = await once(socket, "close");
  if (code !== CLOSE.ended) throw new Error(`${session}: the journal could not be read: ${code}`);
  return journal;
}

/**
 * Compares what a client saw of its ended session, and what it said, with the journal.
 * @returns what is wrong; nothing where every message is there once, is answered once, and was seen in order
 */
export function problemsOf(
  { view, said, refusals }: Pick<Client, "view" | "said" | "refusals">,
  journal: readonly Kept[],
): string[] {
  const problems = [...view.problems, ...refusals];
  journal.forEach(({ sequence }, index) => {
    if (sequence !== index + 2) problems.push(`the journal has ${sequence} where ${index + 2} belongs`);
  });
  const seen = new Set<number>();
  for (const event of view.events.values()) {
    const [first, last] = standsFor(event);
    for (let sequence = first; sequence <= last; sequence += 1) seen.add(sequence);
  }
  for (const { id, sequence, type } of journal) {
    if (!seen.has(sequence)) problems.push(`${sequence} ${type} was never seen`);
    const own = view.events.get(sequence);
    if (own !== undefined && own.id !== id) problems.push(`${sequence} was seen as ${own.id}, and is ${id}`);
  }
  const last = journal.at(-1)?.sequence ?? 1;
  for (const sequence of seen) if (sequence > last) problems.push(`${sequence} was seen, and is not kept`);
  return [...problems, ...problemsOfWords(said, journal)];
}

/** Every message kept once, with its text; every one answered once, in the order in which they are kept. */
function problemsOfWords(said: ReadonlyMap<string, string>, journal: readonly Kept[]): string[] {
  const problems: string[] = [];
  const times = new Map<string, number>();
  const asked: string[] = [];
  let answers = "";
  for (const event of journal) {
    const { type, payload } = event;
    if (type === EVENT.USER_MESSAGE) {
      const key = keyOf(event);
      times.set(key, (times.get(key) ?? 0) + 1);
      asked.push(payload.text);
      if (said.get(key) !== payload.text) problems.push(`${key} was said as another text`);
    } else if (type === EVENT.POLY_AGENT_MESSAGE || type === EVENT.POLY_AGENT_MESSAGE_CHUNK) {
      answers += payload.text;
    }
  }
  for (const key of said.keys()) {
    if (times.get(key) !== 1) problems.push(`message ${key} is kept ${times.get(key) ?? 0} times`);
  }
  const answered = answersIn(answers);
  if (answered.join() !== asked.join())
    problems.push(`asked ${asked.join()} and was answered ${answered.join()}`);
  return problems;
}

/** The messages that the agent of `parley.config.ts` has answered. */
export const answersIn = (text: string): string[] =>
  [...text.matchAll(/<([^>]*)>/g)].map(([, said = ""]) => said);
