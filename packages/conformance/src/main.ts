import { writeFileSync } from "node:fs";
import type { Result } from "./check.ts";
import { type Request, readArguments, USAGE } from "./cli/arguments.ts";
import { Progress } from "./cli/progress.ts";
import { exchange } from "./client/http.ts";
import { ACCESS_TOKEN } from "./context.ts";
import { Failure, show } from "./failure.ts";
import { toJUnit } from "./junit.ts";
import type { Profile } from "./profile.ts";
import { explainResult, summarize } from "./report.ts";
import { run } from "./run.ts";

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs the command and sets the exit status: 0, 1 where a check failed, 2 where they could not be run. */
export async function command(args: string[]): Promise<void> {
  try {
    process.exitCode = await main(args);
  } catch (error) {
    process.stderr.write(`parley-conformance: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

async function main(args: string[]): Promise<number> {
  const request = readArguments(args);
  switch (request.task) {
    case "help":
      print(USAGE);
      return 0;
    case "list":
      for (const { id, title } of request.selected) print(`${id}: ${title}`);
      return 0;
    case "run":
      return runChecks(request);
  }
}

async function runChecks({
  selected,
  profile,
  concurrency,
  json,
  junit,
}: Extract<Request, { task: "run" }>): Promise<number> {
  await knock(profile);
  // Before the run and not behind it: a path that cannot be written costs nobody the results.
  if (junit !== undefined) writeReport(junit, []);

  const progress = new Progress(process.stderr, selected.length);
  const ticking = setInterval(() => progress.tick(), progress.every);
  const results = await run(selected, profile, {
    concurrency,
    onStart: ({ id }) => progress.started(id),
    onResult: (result) => progress.finished(result.id, () => !json && print(explainResult(result))),
  });
  clearInterval(ticking);
  progress.clear();

  if (junit !== undefined) writeReport(junit, results);
  const summary = summarize(results);
  if (json) print(JSON.stringify({ url: profile.url, summary, results }, null, 2));
  else print(`\n${summary.passed} passed, ${summary.failed} failed, ${summary.notApplicable} not applicable`);
  return summary.failed === 0 ? 0 : 1;
}

function writeReport(path: string, results: readonly Result[]): void {
  try {
    writeFileSync(path, toJUnit(results));
  } catch (error) {
    throw new Error(`--junit: ${(error as Error).message}`);
  }
}

/** Looks whether there is a server that knows the connector: without one every check would fail, and say little. */
async function knock({ url, connector }: Pick<Profile, "url" | "connector">): Promise<void> {
  const headers = {
    "content-type": "application/json",
    "x-token": connector.token,
    "x-host": connector.host,
  };
  const { status, text } = await exchange(url, {
    method: "POST",
    path: ACCESS_TOKEN,
    headers,
    body: "{}",
  }).catch((error: unknown) => {
    throw new Error(`no server answers at ${url}: ${error instanceof Failure ? error.seen : String(error)}`);
  });
  if (status !== 401 && status !== 404) return;
  const hint = status === 401 ? "is it the right --token and --host?" : "is it the right server?";
  throw new Error(`${url} refuses the connector with ${status} ${show(text)}; ${hint}`);
}
