import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "../packages/server/src/conversation/commands.ts";
import { decide } from "../packages/server/src/conversation/decide.ts";
import { encode } from "../packages/server/src/conversation/entries.ts";
import { NO_HANDOFFS } from "../packages/server/src/conversation/handoffs.ts";
import {
  type Conversation,
  emptyConversation,
  freeze,
  SNAPSHOT_VERSION,
} from "../packages/server/src/conversation/state.ts";
import { newResumeToken } from "../packages/server/src/identity/resume.ts";
import type { Journal, NewSession, Row } from "../packages/server/src/journal/journal.ts";
import { openSqliteJournal } from "../packages/server/src/journal/sqlite.ts";

/** A session that is there to be read. */
export interface History {
  session: string;
  /** Its last sequence. */
  last: number;
}

/** What a seeded journal holds. */
export interface Seeded {
  /** `<session id>.<resume token>`: opens all histories, for they are of one user. */
  resume: string;
  histories: History[][];
}

export interface SeedOptions {
  /** Questions of each session, a list for each length: ten events a question. */
  histories: readonly { sessions: number; questions: number }[];
  /** Events of ended sessions beside them. */
  others: number;
  log(line: string): void;
}

/** One question and nine messages of the answer, so that long histories stay below the limit of user messages. */
const ANSWERS = 9;
const QUESTIONS_OF_OTHERS = 10;
const TEXT =
  "We have a table for four on Friday at eight, by the window, and I can keep it for you until noon today.";
/** Rows of one append, and appends under way: enough to keep the journal's writer busy. */
const ROWS_AT_ONCE = 1_000;
const APPENDS_AT_ONCE = 64;
/** Sessions are to be there for a while, milliseconds. */
const ALIVE_MS = 24 * 3_600_000;

/**
 * Fills a data directory, through the server's own rules and journal, or finds it filled. Not for a directory that a
 * server is using.
 */
export async function seed(directory: string, options: SeedOptions): Promise<Seeded> {
  const done = join(directory, "seeded.json");
  if (existsSync(done)) return JSON.parse(await readFile(done, "utf8"));
  await rm(directory, { recursive: true, force: true });
  const journal = await openSqliteJournal({ directory });
  try {
    const seeded = await fill(journal, options);
    await writeFile(done, JSON.stringify(seeded));
    return seeded;
  } finally {
    await journal.close();
  }
}

async function fill(journal: Journal, { histories, others, log }: SeedOptions): Promise<Seeded> {
  const sub = randomUUID();
  const resume = newResumeToken();
  const filled: History[][] = [];
  for (const { sessions, questions } of histories) {
    const story = tell(questions);
    const list: History[] = [];
    for (let i = 0; i < sessions; i += 1) {
      const session = newSession(sub, resume.hash);
      await store(journal, session, story);
      list.push({ session: session.id, last: story.state.sequence });
    }
    log(`${sessions} sessions of ${story.state.sequence} events`);
    filled.push(list);
  }
  await storeOthers(journal, others, log);
  return { resume: `${filled[0]?.[0]?.session}.${resume.token}`, histories: filled };
}

interface Story {
  rows: Row[];
  state: Conversation;
}

/** A conversation as the rules write it; the same rows serve many sessions. */
function tell(questions: number): Story {
  const rows: Row[] = [];
  let state = emptyConversation();
  const take = (...commands: Command[]) => {
    const context = {
      now: Date.now(),
      newId: randomUUID,
      greeting: TEXT,
      interrupts: false,
      handoffs: NO_HANDOFFS,
      draining: false,
    };
    const decision = decide(state, commands, context);
    state = decision.state;
    rows.push(...decision.entries.map(encode));
  };
  const answer = (): Command => ({
    kind: "agent_message",
    turn: state.turns,
    text: TEXT,
    attachments: [],
    suggestions: [],
    callActions: [],
  });
  take({ kind: "start", contextId: null, streaming: false });
  take({ kind: "join" });
  take({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
  take(answer(), { kind: "agent_done", turn: state.turns });
  for (let i = 0; i < questions; i += 1) {
    take({ kind: "message", text: TEXT, throttled: false, custom: { local_id: randomUUID() } });
    take(...Array.from({ length: ANSWERS }, answer), { kind: "agent_done", turn: state.turns });
  }
  return { rows, state };
}

async function store(journal: Journal, session: NewSession, { rows, state }: Story): Promise<void> {
  const key = await journal.create(session, rows.slice(0, ROWS_AT_ONCE), Date.now() + ALIVE_MS);
  for (let after = ROWS_AT_ONCE; after < rows.length; after += ROWS_AT_ONCE) {
    await journal.append({ session: key, after, rows: rows.slice(after, after + ROWS_AT_ONCE) });
  }
  const snapshot = { position: state.position, version: SNAPSHOT_VERSION, data: freeze(state) };
  await journal.sleep(key, { snapshot, deadline: Date.now() + ALIVE_MS, seenAt: Date.now(), owes: false });
}

/** Sessions that are over, as most of a journal's are. */
async function storeOthers(journal: Journal, events: number, log: (line: string) => void): Promise<void> {
  const { rows, state } = tell(QUESTIONS_OF_OTHERS);
  const count = Math.ceil(events / state.sequence);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      if (next % 10_000 === 0)
        log(`${(next * state.sequence).toLocaleString("en")} events of other sessions`);
      const key = await journal.create(
        newSession(randomUUID(), "0".repeat(64)),
        rows.slice(0, -1),
        Date.now(),
      );
      await journal.append({
        session: key,
        after: rows.length - 1,
        rows: rows.slice(-1),
        endedAt: Date.now(),
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, APPENDS_AT_ONCE) }, worker));
}

function newSession(sub: string, resumeHash: string): NewSession {
  return {
    id: randomUUID(),
    sub,
    connector: "prompt",
    host: "localhost",
    resumeHash,
    createdAt: Date.now(),
    streaming: false,
    platform: "web",
    deviceType: null,
    locale: null,
    attributes: {},
    contextId: null,
  };
}
