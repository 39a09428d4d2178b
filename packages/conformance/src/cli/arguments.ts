import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Check } from "../check.ts";
import { checks } from "../checks/index.ts";
import { demoProfile, type Profile } from "../profile.ts";
import { parseProfile } from "../profile-problems.ts";

export const USAGE = `Usage: parley-conformance <url> [options]

Points the protocol's checks at a running server, for example http://localhost:8080.

  --token TOKEN     a connector's token (demo)
  --host HOST       a host or app id of that connector (localhost)
  --profile FILE    JSON with what else is to be known of the server: triggers of its agent, departures, … (docs/conformance.md)
  --only PREFIXES   only the checks whose id begins so, for example 2.cursor,4.key; may be given again
  --concurrency N   how many checks run at once, 1 to 64 (8)
  --patient         also the checks that take a minute or more
  --list            the checks, without running them
  --json            the results as JSON on the standard output, instead of a line a check
  --junit FILE      the results as JUnit XML too
  --help            this

Exits with 0 when no check failed, 1 when one did, 2 when they could not be run.
`;

/** More at once would only be slowed down by the server's limit on handshakes. */
const MOST_AT_ONCE = 64;

/** What the command was asked for. */
export type Request =
  | { task: "help" }
  | { task: "list"; selected: Check[] }
  | {
      task: "run";
      selected: Check[];
      profile: Profile;
      concurrency: number;
      json: boolean;
      /** Where the JUnit report goes. */
      junit: string | undefined;
    };

/** Reads the command line, and the profile that it names. @throws Error that says what is wrong with them */
export function readArguments(args: string[]): Request {
  const { values, positionals } = parse(args);
  if (values.help) return { task: "help" };
  const selected = select(values.only);
  if (values.list) return { task: "list", selected };

  const { token, host, profile: file, patient, json, junit } = values;
  const known = file === undefined ? demoProfile("") : parseProfile(read(file), file);
  const connector = { token: token ?? known.connector.token, host: host ?? known.connector.host };
  return {
    task: "run",
    selected,
    profile: { ...known, connector, patient: known.patient || patient, url: serverUrl(positionals) },
    concurrency: readConcurrency(values.concurrency),
    json,
    junit,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        token: { type: "string" },
        host: { type: "string" },
        profile: { type: "string" },
        only: { type: "string", multiple: true, default: [] },
        concurrency: { type: "string", default: "8" },
        patient: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        junit: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\nSee parley-conformance --help`);
  }
}

function select(only: readonly string[]): Check[] {
  const prefixes = only.flatMap((value) => value.split(",")).map((prefix) => prefix.trim());
  for (const prefix of prefixes) {
    if (prefix !== "" && checks.some(({ id }) => id.startsWith(prefix))) continue;
    const themes = [...new Set(checks.map(({ id }) => id.split(".").slice(0, 2).join(".")))];
    const message = `--only: expected the beginning of a check's id; got "${prefix}"`;
    throw new Error(`${message}. They begin with ${themes.join(", ")}`);
  }
  if (prefixes.length === 0) return [...checks];
  return checks.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));
}

function serverUrl([given, ...others]: readonly string[]): string {
  if (given === undefined) throw new Error("expected the server's URL, as http://localhost:8080; got none");
  if (others.length > 0) throw new Error(`expected one URL; got also ${others.join(" ")}`);
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`expected an http(s) URL, as http://localhost:8080; got ${given}`);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new Error(
      `expected a URL of scheme, host and port alone, since the paths are the protocol's; got ${given}`,
    );
  }
  return url.origin;
}

function readConcurrency(value: string): number {
  const concurrency = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (concurrency >= 1 && concurrency <= MOST_AT_ONCE) return concurrency;
  throw new Error(`--concurrency: expected a whole number from 1 to ${MOST_AT_ONCE}; got "${value}"`);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`--profile: ${(error as Error).message}`);
  }
}
