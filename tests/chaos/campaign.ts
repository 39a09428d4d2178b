import { setTimeout as sleep } from "node:timers/promises";
import { EVENT } from "@parley/protocol";
import { createSessions } from "../../bench/load/handshake.ts";
import { Client } from "./client.ts";
import type { Habits } from "./habits.ts";
import { CLEAR, type Line } from "./pipe.ts";
import { type Fault, type Plan, TcpProxy, UNHURT } from "./proxy.ts";
import { Random } from "./random.ts";
import { printSpread, type Spread, spreadOf } from "./spread.ts";
import { answersIn, problemsOf, readJournal } from "./verdict.ts";

export interface CampaignOptions {
  /** A server on 127.0.0.1 with the configuration beside this file. */
  port: number;
  clients: number;
  seconds: number;
  seed: number;
  /** How long a connection lives on average, milliseconds. */
  lifeMs: number;
  habits: Habits;
  /** A client says something about so often, milliseconds. */
  sayEveryMs: number;
}

export interface CampaignSummary {
  /** What went wrong, with the session; nothing where all is well. */
  problems: string[];
  messages: number;
  reconnects: number;
  resends: number;
  /** Milliseconds from a message to its echo, outages and all. */
  echo: Spread;
}

/** How long all has to be answered when the network is well again, milliseconds. */
const SETTLE_MS = 90_000;
/** A session's journal is read through one socket; so many are at the same time. */
const READERS = 50;

/** Clients that talk through a network that hurts every connection, and what came of it. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignSummary> {
  const { port, seed, habits, lifeMs } = options;
  const random = new Random(seed);
  let isCalm = false;
  await using proxy = await TcpProxy.start({
    target: () => port,
    seed: random.integer(0, 2 ** 31 - 1),
    plan: (own) => (isCalm ? UNHURT : planOf(own, lifeMs)),
  });
  const places = await createSessions({ name: "parley", host: "127.0.0.1", port }, "demo", options.clients);
  const clients = places.map(
    (place) => new Client({ place, port: () => proxy.port, habits, random: random.fork() }),
  );
  const problems: string[] = [];
  try {
    for (const client of clients) {
      client.start();
      client.join();
    }
    await Promise.all(clients.map((client) => talk(client, options, random.fork())));
    isCalm = true;
    const settled = await Promise.allSettled(clients.map(settle));
    for (const result of settled) if (result.status === "rejected") problems.push(String(result.reason));
  } finally {
    for (const client of clients) client.stop();
  }
  problems.push(...(await compare(clients, port)));
  return {
    problems,
    messages: clients.reduce((sum, { said }) => sum + said.size, 0),
    reconnects: proxy.connections - clients.length,
    resends: clients.reduce((sum, { resends }) => sum + resends, 0),
    echo: spreadOf(clients.flatMap(({ echoMs }) => echoMs)),
  };
}

/** Compares all clients' views with the journals of their sessions, which have ended. */
export async function compare(clients: readonly Client[], port: number): Promise<string[]> {
  const problems: string[] = [];
  const queue = clients.values();
  const reader = async () => {
    for (const client of queue) {
      const found = await readJournal(client.place, port).then(
        (journal) => problemsOf(client, journal),
        (error) => [String(error)],
      );
      problems.push(...found.map((problem) => `${client.place.session}: ${problem}`));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return problems;
}

/** Waits until all that a client said is answered, then ends its session. */
export async function settle(client: Client): Promise<void> {
  const { view, said } = client;
  const isAnswered = () => {
    if (client.unconfirmed > 0) return false;
    let answers = "";
    for (const event of view.events.values()) {
      if (event.type === EVENT.POLY_AGENT_MESSAGE || event.type === EVENT.POLY_AGENT_MESSAGE_CHUNK)
        answers += event.payload.text;
    }
    return answersIn(answers).length >= said.size;
  };
  await client.until(isAnswered, `an answer to all ${said.size} messages`, SETTLE_MS);
  client.end();
  await client.until(() => client.isEnded, "the end", SETTLE_MS);
}

async function talk(client: Client, { seconds, sayEveryMs }: CampaignOptions, random: Random): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    await sleep(random.between(0, 2 * sayEveryMs));
    client.say(`${client.said.size + 1} of ${client.place.session}`);
  }
}

function planOf(random: Random, lifeMs: number): Plan {
  // Some end before the upgrade is answered.
  const afterMs = random.between(0, 2 * lifeMs);
  const end: Fault = { afterMs, kind: random.pick(["cut", "cut", "reset", "reset", "silence"]) };
  const stall: Fault = { afterMs: random.between(0, afterMs), kind: "stall", forMs: lifeMs / 2 };
  return { line: lineOf(random), faults: random.chance(0.3) ? [stall, end] : [end] };
}

const lineOf = (random: Random): Line =>
  random.pick([
    CLEAR,
    { ...CLEAR, latencyMs: random.between(1, 60), jitterMs: random.between(0, 60) },
    { ...CLEAR, sliceBytes: random.integer(1, 40) },
    { ...CLEAR, latencyMs: 10, bytesPerSecond: 20_000 },
  ]);

export const printCampaign = ({ messages, reconnects, resends, echo }: CampaignSummary): string =>
  `${messages} messages, ${reconnects} reconnects, ${resends} resends; message to echo: ${printSpread(echo)}`;
