import { setTimeout as sleep } from "node:timers/promises";
import { createSessions } from "../../bench/load/handshake.ts";
import { compare, settle } from "./campaign.ts";
import { Client, type Outage } from "./client.ts";
import type { Habits } from "./habits.ts";
import type { Observation } from "./observe.ts";
import { Random } from "./random.ts";
import type { ChaosServer } from "./server.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface StormOptions {
  server: ChaosServer;
  clients: number;
  habits: Habits;
  seed: number;
  /** How long the server has before a blow and behind it, so that its memory is that of rest, milliseconds. */
  quietMs: number;
  /** Told what is under way. */
  tell?: (line: string) => void;
}

/** How a blow was survived. */
export interface Blow {
  /** Milliseconds from each client's own loss of its connection until its replay. */
  back: Spread;
  /** Milliseconds from the blow until the last one was back. */
  allBackMs: number;
  /** Attempts that failed as they may: a port that refuses, a reset. */
  failures: number;
  /** The close codes of the connections that were lost, with their numbers. */
  codes: Record<number, number>;
  /** The server's resident memory: at the blow, at the highest, and when it was quiet again. */
  memory: { before: number; peak: number; after: number };
  /** CPU of the server and of all clients until the last one was back, milliseconds: who was busy. */
  cpu: { server: number; clients: number };
  /** Milliseconds by which the server's event loop was late: the 99th percentile of the worst quarter second, and the longest. */
  delay: { p99: number; max: number };
}

export interface StormSummary {
  problems: string[];
  messages: number;
  resends: number;
  cut: Blow;
  restart: Blow & {
    exitCode: number | null;
    /** Milliseconds from the signal until the process was gone, and until the next one listened. */
    endedMs: number;
    listeningMs: number;
  };
}

/** How long all have to come back, milliseconds. */
const RETURN_MS = 90_000;
/** The last observation before a blow is younger than this, milliseconds. */
const BEFORE_MS = 500;
/** First connections are spread over so long a client, milliseconds: the storm is to be the first burst. */
const ARRIVAL_MS = 2;

/** All clients of a server are cut at once, and come back; then it restarts under them. */
export async function runStorm(options: StormOptions): Promise<StormSummary> {
  const { server, habits, quietMs, tell = () => {} } = options;
  const random = new Random(options.seed);
  const target = { name: "parley", host: "127.0.0.1", port: server.port } as const;
  const places = await createSessions(target, "demo", options.clients);
  const port = () => server.port;
  const clients = places.map((place) => new Client({ place, port, habits, random: random.fork() }));
  const problems: string[] = [];
  try {
    for (const client of clients) {
      client.start();
      client.join();
      await sleep(ARRIVAL_MS);
    }
    await allBack(clients);
    tell(`${clients.length} clients are connected`);

    await sleep(quietMs);
    sayAll(clients, "in the moment of the cut");
    const cut = await blow(clients, options, async () => {
      for (const client of clients) client.drop();
      sayAll(clients, "while the connection was gone");
    });
    tell("cut at once, and all are back");

    let restart = { exitCode: null as number | null, endedMs: 0, listeningMs: 0 };
    sayAll(clients, "in the moment of the restart");
    const blown = await blow(clients, options, async () => {
      const start = performance.now();
      const exitCode = await server.end("SIGTERM");
      const endedMs = performance.now() - start;
      sayAll(clients, "while the server was gone");
      await server.start();
      restart = { exitCode, endedMs, listeningMs: performance.now() - start };
    });
    tell("the server has restarted, and all are back");

    const settled = await Promise.allSettled(clients.map(settle));
    for (const result of settled) if (result.status === "rejected") problems.push(String(result.reason));
    problems.push(...(await compare(clients, server.port)));
    for (const { halfClosed, place } of clients)
      if (halfClosed > 0) problems.push(`${place.session}: ${halfClosed} upgrades were half-closed`);
    return {
      problems,
      messages: clients.reduce((sum, { said }) => sum + said.size, 0),
      resends: clients.reduce((sum, { resends }) => sum + resends, 0),
      cut,
      restart: { ...blown, ...restart },
    };
  } finally {
    for (const client of clients) client.stop();
  }
}

/** Deals a blow that costs every client its connection, and waits until all are back and the server is quiet. */
async function blow(
  clients: readonly Client[],
  { server, quietMs }: StormOptions,
  deal: () => Promise<void>,
): Promise<Blow> {
  const before = clients.map(({ failures, outages }) => ({ failures, outages: outages.length }));
  const [start, startedAt] = [performance.now(), Date.now()];
  const cpu = process.cpuUsage();
  await deal();
  await Promise.all(
    clients.map((client, i) =>
      client.until(() => client.outages.length > (before[i]?.outages ?? 0), "the blow", RETURN_MS),
    ),
  );
  await allBack(clients);
  const allBackMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const busy = cpuOf(await server.observations(startedAt - BEFORE_MS));
  await sleep(quietMs);
  const outages = clients.flatMap((client, i) => client.outages.slice(before[i]?.outages));
  const failures = clients.reduce((sum, client, i) => sum + client.failures - (before[i]?.failures ?? 0), 0);
  return {
    back: spreadOf(outages.map(({ lostAt, backAt }) => (backAt ?? Number.POSITIVE_INFINITY) - lostAt)),
    allBackMs,
    failures,
    codes: countCodes(outages),
    cpu: { server: busy, clients: (user + system) / 1_000 },
    ...pictureOf(await server.observations(startedAt - BEFORE_MS)),
  };
}

async function allBack(clients: readonly Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.until(() => client.isBack, "the connection", RETURN_MS)));
}

function sayAll(clients: readonly Client[], when: string): void {
  for (const client of clients) client.say(when);
}

function countCodes(outages: readonly Outage[]): Record<number, number> {
  const codes: Record<number, number> = {};
  for (const { code } of outages) codes[code] = (codes[code] ?? 0) + 1;
  return codes;
}

function pictureOf(observations: readonly Observation[]): Pick<Blow, "memory" | "delay"> {
  const resident = observations.map(({ residentBytes }) => residentBytes);
  return {
    memory: { before: resident[0] ?? 0, peak: Math.max(0, ...resident), after: resident.at(-1) ?? 0 },
    delay: {
      p99: Math.max(0, ...observations.map(({ delayP99 }) => delayP99)),
      max: Math.max(0, ...observations.map(({ delayMax }) => delayMax)),
    },
  };
}

/** Over all processes of the server: each begins to count at 0. */
function cpuOf(observations: readonly Observation[]): number {
  let total = 0;
  let last = observations[0]?.cpuMs ?? 0;
  for (const { cpuMs } of observations) {
    total += cpuMs < last ? cpuMs : cpuMs - last;
    last = cpuMs;
  }
  return total;
}
