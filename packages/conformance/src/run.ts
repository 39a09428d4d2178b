import type { Check, Result } from "./check.ts";
import { sectionOf } from "./check.ts";
import type { Recording } from "./client/recording.ts";
import { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { lacks } from "./needs.ts";
import type { Profile } from "./profile.ts";
import { Target } from "./target.ts";

export interface RunOptions {
  /** How many checks run at once, each with sessions of its own; 8 unless told. */
  concurrency?: number;
  /** Called as each check begins. */
  onStart?: (check: Check) => void;
  /** Called as each check is over. */
  onResult?: (result: Result) => void;
}

/** Seconds a check may take that does not say otherwise. */
const CHECK_SECONDS = 30;

/** Runs checks against a server. @returns the results, in the order of the checks */
export async function run(
  checks: readonly Check[],
  profile: Profile,
  options: RunOptions = {},
): Promise<Result[]> {
  return Promise.all(start(checks, profile, options).values());
}

/**
 * Begins to run checks against a server.
 * @returns for each check its result to come, by id; they never reject
 */
export function start(
  checks: readonly Check[],
  profile: Profile,
  { concurrency = 8, onStart, onResult }: RunOptions = {},
): Map<string, Promise<Result>> {
  const target = new Target(profile);
  const pending = new Map(checks.map((check) => [check.id, Promise.withResolvers<Result>()]));
  if (pending.size !== checks.length) throw new Error("two checks have the same id");

  const settle = async (check: Check) => {
    onStart?.(check);
    const result = await runCheck(check, target);
    onResult?.(result);
    pending.get(check.id)?.resolve(result);
  };
  const phases = async () => {
    const of = (order: Check["order"]) => checks.filter((check) => check.order === order);
    const longestFirst = of(undefined).sort((a, b) => seconds(b) - seconds(a));
    await inParallel(longestFirst, concurrency, settle);
    await inParallel(of("alone"), 1, settle);
    await inParallel(of("last"), 1, settle);
  };
  void phases();
  return new Map([...pending].map(([id, { promise }]) => [id, promise]));
}

const seconds = (check: Check): number => check.seconds ?? CHECK_SECONDS;

/** Works through a list with so many workers. */
async function inParallel<T>(items: readonly T[], workers: number, work: (item: T) => Promise<void>) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

async function runCheck(check: Check, target: Target): Promise<Result> {
  const started = performance.now();
  const outcome = () => ({
    id: check.id,
    section: sectionOf(check),
    title: check.title,
    ms: Math.round(performance.now() - started),
  });
  const reason = check.needs?.map((need) => lacks(target.profile, need)).find((lack) => lack !== null);
  if (reason !== undefined) return { ...outcome(), status: "not applicable", reason };

  const context = new Context(target, check.id);
  try {
    await withDeadline(check.run(context), seconds(check));
    return { ...outcome(), status: "pass" };
  } catch (error) {
    const { expected, seen } = explain(error);
    return { ...outcome(), status: "fail", expected, seen, frames: transcript(context, started) };
  } finally {
    context.close();
  }
}

async function withDeadline(work: Promise<void>, limit: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Failure(`the check over within ${limit} s`, "still waiting")),
    limit * 1_000,
  );
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function explain(error: unknown): { expected: string; seen: string } {
  if (error instanceof Failure) return { expected: error.expected, seen: error.seen };
  // A mistake in the suite, or an answer of a shape that the check did not foresee.
  return {
    expected: "the check to run",
    seen: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** Characters of one line, and lines, of a transcript. */
const LINE = 600;
const LINES = 80;

/** What a check sent and saw, a line each, oldest first; the newest where it is too much. */
function transcript(context: Context, started: number): string[] {
  const many = context.recordings.length > 1;
  const entries = [
    ...context.exchanges,
    ...context.recordings.flatMap((recording, index) => socketLines(recording, many ? ` ${index + 1}` : "")),
  ].sort((a, b) => a.at - b.at);
  return entries
    .map(({ at, line }) => `+${(at - started).toFixed(0)} ms ${line}`)
    .map((line) => (line.length > LINE ? `${line.slice(0, LINE)}… (${line.length} characters)` : line))
    .slice(-LINES);
}

function socketLines(recording: Recording, name: string): { at: number; line: string }[] {
  const { openedAt, frames, closed, cursor, session } = recording;
  const opened = `socket${name} opened, session ${session}, cursor ${cursor ?? "as the check says"}`;
  const lines = frames.map(({ at, direction, binary, text }) => ({
    at,
    line: `socket${name} ${direction === "in" ? "←" : "→"} ${binary ? "(binary) " : ""}${text}`,
  }));
  const end = closed && {
    at: closed.at,
    line: `socket${name} closed${closed.byUs ? " by the suite" : ""}: ${closed.code} ${closed.reason}`.trimEnd(),
  };
  return [{ at: openedAt, line: opened }, ...lines, ...(end ? [end] : [])];
}
