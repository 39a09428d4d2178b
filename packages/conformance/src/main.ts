#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Result } from "./check.ts";
import { checks } from "./checks/index.ts";
import { demoProfile, type Profile } from "./profile.ts";
import { explainResult, summarize } from "./report.ts";
import { run } from "./run.ts";

const USAGE = `Usage: parley-conformance <url> [options]

Points the protocol's checks at a running server.

  --token TOKEN     a connector's token (demo)
  --host HOST       a host or app id of that connector (localhost)
  --profile FILE    JSON with what else is known of the server: triggers, contextKey, app, idleSeconds, …
  --only PREFIX     only the checks whose id begins so, for example 2.cursor
  --concurrency N   how many checks run at once (8)
  --patient         also the checks that take a minute or more
  --list            the checks, without running them
  --json            the results as JSON

Exits with 0 when no check failed, 1 when one did, 2 when they could not be run.
`;

/** The command line, as it was asked for. @throws Error that says what is wrong with it */
export function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      token: { type: "string" },
      host: { type: "string" },
      profile: { type: "string" },
      only: { type: "string", default: "" },
      concurrency: { type: "string", default: "8" },
      patient: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { token, host, profile, only, patient, list, json, help } = values;
  const selected = checks.filter(({ id }) => id.startsWith(only));
  if (selected.length === 0) throw new Error(`No check's id begins with "${only}"`);
  if (help || list) return { help, list, json, selected };

  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0) throw new Error("Give the server's URL, and nothing else");
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) throw new Error(`Not an http(s) URL: ${url}`);
  const concurrency = Number(values.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new Error("--concurrency takes a number from 1");

  const known = profile === undefined ? {} : readProfile(profile);
  const target = demoProfile(url, { ...known, ...(patient && { patient }) });
  const connector = {
    token: token ?? target.connector.token,
    host: host ?? target.connector.host,
  };
  return { help, list, json, selected, concurrency, profile: { ...target, connector } };
}

function readProfile(path: string): Partial<Profile> {
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof value !== "object" || value === null) throw new Error(`${path} holds no JSON object`);
  const unknown = Object.keys(value).filter((key) => !PROFILE_KEYS.has(key));
  if (unknown.length > 0) {
    throw new Error(`${path}: unknown ${unknown.join(", ")}; known are ${[...PROFILE_KEYS].join(", ")}`);
  }
  return value;
}

const PROFILE_KEYS: ReadonlySet<string> = new Set<keyof Profile>([
  "connector",
  "triggers",
  "contextKey",
  "hostlessToken",
  "app",
  "extraOrigin",
  "publicUrl",
  "idleSeconds",
  "endedGraceSeconds",
  "upgradeDelayMs",
  "socketsPerSession",
  "patient",
]);

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs the command. @returns its exit status */
export async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (options.help) {
    print(USAGE);
    return 0;
  }
  if (options.list) {
    for (const { id, title } of options.selected) print(`${id}: ${title}`);
    return 0;
  }
  const { selected, concurrency, profile, json } = options;
  if (profile === undefined) throw new Error("no profile");
  await fetch(profile.url, { redirect: "manual" }).catch((error: Error) => {
    throw new Error(`No server answers at ${profile.url}: ${String(error.cause ?? error.message)}`);
  });
  const onResult = (result: Result) => {
    if (!json) print(explainResult(result));
  };
  const results = await run(selected, profile, { concurrency, onResult });
  const summary = summarize(results);
  if (json) print(JSON.stringify({ summary, results }, null, 2));
  else print(`\n${summary.passed} passed, ${summary.failed} failed, ${summary.notApplicable} not applicable`);
  return summary.failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
