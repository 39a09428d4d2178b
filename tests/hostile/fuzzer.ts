import { EVENT } from "@parley/protocol";
import { Bystander } from "./bystander.ts";
import { type Place, RawWebSocket, type ReceivedEvent, upgradeRequest } from "./frames.ts";
import { caseOf, type FuzzCase } from "./fuzz-cases.ts";
import { type HttpAnswer, RawSocket, readAnswers } from "./raw.ts";
import type { Target } from "./target.ts";

/** Connections at the same time, each in a session of its own. */
const WORKERS = 32;
/** Cases in one session: one that was ended answers nothing any more, and each lets five in a second. */
const CASES_A_SESSION = 10;
/** How long a connection is listened to when it has said all, milliseconds. A broken frame may wait for its rest. */
const LISTEN_MS = 40;
/** A close comes a second after the 101; one connection of so many waits for it. */
const CLOSE_MS = 1_200;
const CLOSE_SHARE = 4;
/** How often the program is looked at, milliseconds, and what it may hold more than at the start, MB. */
const LOOK_MS = 2_000;
const HELD_MB = 32;
const RESIDENT_MB = 600;

/** What the program may log: a client's faults, and none of its own. */
const KNOWN_LINES = ['"a socket failed"', "cursor was not a sequence", '"a client went away"'];
const TYPES: ReadonlySet<string> = new Set(Object.values(EVENT));
/** A fault of the server's, or what no fault of a client's in so short a time can lead to. */
const NEVER_CLOSED_WITH = [1006, 1011, 1012, 1015];

export interface FuzzReport {
  frames: number;
  http: number;
  /** Answers of HTTP by their status; `none` where a connection was closed without one. */
  answers: Record<string, number>;
  /** WebSockets by how they ended; `open` where the client went. */
  closes: Record<string, number>;
  heldMb: [first: number, last: number];
  worstEchoMs: number;
}

/**
 * Sends spoiled and malicious bytes until the time is over.
 *
 * @param seed of the first case; the next has the next. The same seed gives the same bytes but for ids and tokens
 * @throws with the seeds and the bytes of what broke a promise
 */
export async function fuzz(
  target: Target,
  { seconds, seed }: { seconds: number; seed: number },
): Promise<FuzzReport> {
  using bystander = await Bystander.join(target);
  const first = await target.heldMb();
  const report: FuzzReport = {
    frames: 0,
    http: 0,
    answers: {},
    closes: {},
    heldMb: [first, first],
    worstEchoMs: 0,
  };
  const end = Date.now() + seconds * 1_000;
  const running = new Map<number, FuzzCase>();
  const broken: string[] = [];
  let next = seed;

  const work = async () => {
    let place: Place | undefined;
    for (let i = 0; Date.now() < end && broken.length === 0; i += 1) {
      if (place === undefined || i % CASES_A_SESSION === 0) place = await target.place();
      const mine = next;
      next += 1;
      const one = caseOf(mine, place, target.token);
      running.set(mine, one);
      try {
        await run(target, place, one, mine, report);
      } catch (error) {
        broken.push(`--seed ${mine}: ${error}\n${print(one)}`);
      }
      running.delete(mine);
    }
  };
  const look = async () => {
    let looked = target.program.output.length;
    while (Date.now() < end && broken.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const found = await harm(target, first, report);
      const faults = newFaults(target.program.output.slice(looked));
      looked = target.program.output.lastIndexOf("\n") + 1;
      const under = [...running].map(([mine, one]) => `--seed ${mine}: ${print(one)}`);
      if (found.length + faults.length > 0) broken.push(...found, ...faults, "under way:", ...under);
    }
  };
  await Promise.all([look(), ...Array.from({ length: WORKERS }, work)]);
  if (broken.length > 0) throw new Error(broken.join("\n"));
  report.worstEchoMs = (await bystander.unharmed()).worstMs;
  return report;
}

/** What is wrong with the program as a whole. */
async function harm(target: Target, first: number, report: FuzzReport): Promise<string[]> {
  const broken: string[] = [];
  const health = await fetch(`${target.url}/health`).then(({ status }) => status, String);
  if (health !== 200) return [`health answers ${health}`];
  const [held, resident] = [await target.heldMb(), await target.residentMb()];
  report.heldMb[1] = held;
  if (held - first > HELD_MB) broken.push(`${first} MB were held at the start, and ${held} are now`);
  if (resident > RESIDENT_MB) broken.push(`${resident} MB are resident`);
  return broken;
}

const print = (one: FuzzCase | undefined): string =>
  `${one?.surface} ${one?.writes.map((bytes) => bytes.toString("hex").slice(0, 4_000)).join(" ")}`;

function newFaults(output: string): string[] {
  const lines = output.split("\n").filter((line) => line !== "" && !line.startsWith("settled "));
  return lines.filter((line) => !KNOWN_LINES.some((known) => line.includes(known)));
}

const count = (counts: Record<string, number>, key: string | number) => {
  counts[key] = (counts[key] ?? 0) + 1;
};

async function run(
  target: Target,
  place: Place,
  { surface, writes }: FuzzCase,
  seed: number,
  report: FuzzReport,
): Promise<void> {
  report[surface] += 1;
  if (surface === "http") return runHttp(target, writes, report);
  await runFrames(target, place, writes, seed % CLOSE_SHARE === 0 ? CLOSE_MS : LISTEN_MS, report);
}

async function runFrames(
  target: Target,
  place: Place,
  writes: Buffer[],
  listenMs: number,
  report: FuzzReport,
): Promise<void> {
  using raw = await RawSocket.open(target.url);
  raw.write(upgradeRequest(place));
  await raw.until(
    () => raw.ended || readAnswers(raw.received).answers.length > 0,
    "the answer to an upgrade",
  );
  const [answer] = readAnswers(raw.received).answers;
  if (answer?.status !== 101) throw new Error(`the upgrade was answered ${JSON.stringify(answer)}`);
  const ws = await RawWebSocket.over(raw);
  for (const bytes of writes) {
    if (raw.ended) break;
    await raw.pour(bytes);
  }
  await listen(raw, () => ws.closeCode !== null, listenMs);
  // Whatever came, in the form of frames and events.
  ws.events.forEach(checkEvent);
  const code = ws.closeCode;
  if (code !== null && NEVER_CLOSED_WITH.includes(code)) throw new Error(`closed with ${code}`);
  count(report.closes, code ?? (raw.ended ? "gone" : "open"));
}

async function runHttp(target: Target, writes: Buffer[], report: FuzzReport): Promise<void> {
  using raw = await RawSocket.open(target.url);
  for (const bytes of writes) {
    if (raw.ended) break;
    await raw.pour(bytes);
  }
  await listen(raw, () => false, LISTEN_MS);
  raw.socket.end();
  // What is not whole by then never will be: the server has to say so, or to end it.
  if (!raw.received.includes(" 101 ")) await raw.end();
  const { answers, rest } = readAnswers(raw.received);
  for (const answer of answers) check(answer);
  if (answers.at(-1)?.status !== 101 && rest.length > 0) throw new Error(`half an answer: ${rest}`);
  for (const { status } of answers) count(report.answers, status);
  if (answers.length === 0) count(report.answers, "none");
}

const listen = (raw: RawSocket, isEnough: () => boolean, ms: number) =>
  raw.until(() => raw.ended || isEnough(), "", ms).catch(() => {});

/** An answer is no fault of the server's, and an error has the form of every other. */
function check({ status, headers, body }: HttpAnswer, allowed?: number[]): void {
  const told = `${status} ${JSON.stringify(headers)} ${body}`;
  if (status >= 500 || (allowed !== undefined && !allowed.includes(status)))
    throw new Error(`answered ${told}`);
  if (status === 101) return;
  const id = headers["x-polyai-correlation-id"];
  if (id === undefined) throw new Error(`no correlation id: ${told}`);
  if (status < 400) return;
  const read = JSON.parse(body) as Record<string, unknown>;
  const isWhole = read.error === read.message && read.correlation_id === id && typeof read.code === "string";
  if (!isWhole || Object.keys(read).length !== 4) throw new Error(`an error of another form: ${told}`);
}

function checkEvent(event: ReceivedEvent): void {
  const isWhole =
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(event.id) &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(event.timestamp) &&
    (event.sequence === null || (Number.isInteger(event.sequence) && event.sequence > 0)) &&
    TYPES.has(event.type);
  if (!isWhole) throw new Error(`no event: ${JSON.stringify(event)}`);
  if (event.type === EVENT.EVENT_BATCH) (event.payload.events as ReceivedEvent[]).forEach(checkEvent);
}
