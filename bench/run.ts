import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Bench, type BenchOptions, COLUMNS, type Measure } from "./bench.ts";
import { describeMachine, machineCpu } from "./machine.ts";
import { answers } from "./measures/answers.ts";
import { chunks } from "./measures/chunks.ts";
import { echo } from "./measures/echo.ts";
import { firstChunk } from "./measures/first-chunk.ts";
import { latency } from "./measures/latency.ts";
import { memory } from "./measures/memory.ts";
import { replay } from "./measures/replay.ts";
import { start } from "./measures/start.ts";
import { printReport, type Section } from "./report.ts";
import { seed } from "./seed.ts";

const HELP = `npm run bench -- [options]: how fast the server is, beside a bare ws server and Socket.IO

  --only LIST      measures, of: echo, latency, chunks, answers, first-chunk, replay, memory,
                   start (default: all)
  --columns LIST   servers, of: ws, socketio, parley (default: all)
  --large          latency also on a journal of ten million events, made on the first run and kept (some minutes, 5 GB)
  --data PATH      where that journal is kept (default: the directory for temporary files)
  --rounds N       how often echoes, latencies and replays are measured; the best counts (default 3)
  --seconds N      how long a rate is offered (default 3)
  --clients N      (default 1000)
  --json FILE      the figures as JSON
  --profiles DIR   CPU profiles of the servers' main threads, one for each figure
`;

const MEASURES: Record<string, { title: string; measure: Measure }> = {
  echo: { title: "Echo, everybody waits for theirs", measure: echo },
  latency: { title: "Echo at a given rate", measure: latency },
  chunks: { title: "Streaming to everybody, 50 pieces a second each", measure: chunks },
  answers: { title: "Answers to everybody, 20 pieces a second each", measure: answers },
  "first-chunk": { title: "First word of an answer, added to the agent's own time", measure: firstChunk },
  replay: { title: "Replay", measure: replay },
  memory: { title: "Memory", measure: memory },
  start: { title: "Start", measure: start },
};

const LARGE_EVENTS = 10_000_000;

const log = (line: string) => process.stderr.write(`${line}\n`);

/** @throws with what was expected */
function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: Object.keys(MEASURES).join(",") },
      columns: { type: "string", default: "ws,socketio,parley" },
      large: { type: "boolean", default: false },
      data: { type: "string", default: tmpdir() },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      clients: { type: "string", default: "1000" },
      json: { type: "string" },
      profiles: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { large, data, json, help } = values;
  const chosen = values.columns.split(",");
  const unknown = chosen.find((column) => !(COLUMNS as readonly string[]).includes(column));
  if (unknown !== undefined) throw new Error(`--columns: there is no ${unknown}`);
  const bench: BenchOptions = {
    columns: COLUMNS.filter((column) => chosen.includes(column) || (column === "large" && large)),
    rounds: positive("rounds", values.rounds),
    clients: positive("clients", values.clients),
    ms: positive("seconds", values.seconds) * 1_000,
    largeJournal: large ? join(data, `parley-bench-${LARGE_EVENTS}`) : null,
    profiles: values.profiles ?? null,
  };
  return { measures: values.only.split(","), json, help, bench };
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${option}: expected a number above 0, got ${text}`);
  return number;
}

async function run(): Promise<void> {
  const { measures, json, help, bench: options } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const unknown = measures.find((name) => MEASURES[name] === undefined);
  if (unknown !== undefined) throw new Error(`--only: there is no ${unknown}`);
  if (options.largeJournal !== null) {
    await seed(options.largeJournal, { histories: [], others: LARGE_EVENTS, log });
  }
  const machine = describeMachine();
  const bench = await Bench.start(options);
  const sections: Section[] = [];
  try {
    for (const name of measures) {
      const section = await take(bench, name);
      if (section !== null) sections.push(section);
    }
  } finally {
    await bench.stop();
  }
  process.stdout.write(printReport(machine, sections));
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ machine, sections }, null, 2)}\n`);
}

async function take(bench: Bench, name: string): Promise<Section | null> {
  const { title, measure } = MEASURES[name] ?? {};
  if (title === undefined || measure === undefined) return null;
  log(`${title} …`);
  const began = { at: performance.now(), machine: machineCpu(), own: await bench.cpu() };
  const rows = await measure(bench);
  const wall = (performance.now() - began.at) * 1_000;
  const own = (await bench.cpu()) - began.own;
  const others = Math.max(0, machineCpu() - began.machine - own) / wall;
  return { title, rows, others };
}

run().catch((error) => {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
