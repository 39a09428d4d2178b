import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { QUICK, SHIPPED } from "./habits.ts";
import { ChaosServer } from "./server.ts";
import { printSpread, seconds } from "./spread.ts";
import { type Blow, runStorm } from "./storm.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "5000" },
    seed: { type: "string", default: "1" },
    habits: { type: "string", default: "quick,shipped" },
  },
});
const [clients, seed] = [Number(values.clients), Number(values.seed)];
if (!(clients > 0 && Number.isInteger(seed)))
  throw new Error("--clients is a number above 0, --seed is an integer");

/** What a process needs beside one file for each client: its own files, and sockets that are just being replaced. */
const SPARE_FILES = 500;
const { open_files: files } = (process.report.getReport() as unknown as { userLimits: Limits }).userLimits;
// Node raises its own limit to the hard one when it starts, here and in the server.
if (Number(files.hard) < 2 * clients + SPARE_FILES) {
  throw new Error(
    `A storm of ${clients} needs ${2 * clients + SPARE_FILES} open files, ${files.hard} are allowed: ulimit -Hn`,
  );
}

interface Limits {
  open_files: { soft: number | string; hard: number | string };
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;

function print(name: string, { back, allBackMs, failures, codes, memory, delay, cpu }: Blow): void {
  const closes = Object.entries(codes).map(([code, times]) => `${times} × ${code}`);
  console.log(`${name}
  back after the own loss   ${printSpread(back)}
  all back                  ${seconds(allBackMs)} after the blow
  closed with               ${closes.join(", ")}
  attempts that failed      ${failures}
  server's memory           ${megabytes(memory.before)} before, ${megabytes(memory.peak)} at peak, ${megabytes(memory.after)} after
  CPU until all were back   server ${seconds(cpu.server)}, clients ${seconds(cpu.clients)}
  server's loop was late    p99 ${delay.p99.toFixed(1)} ms in the worst quarter second, max ${delay.max.toFixed(1)} ms`);
}

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(", ");
for (const name of values.habits.split(",")) {
  const habits = name === "quick" ? QUICK : name === "shipped" ? SHIPPED : null;
  if (habits === null) throw new Error("--habits is quick, shipped, or both with a comma between them");
  console.log(`\n${clients} ${name} clients, seed ${seed}, ${cpus().length} CPUs, load average ${load()}`);
  await using server = await ChaosServer.start();
  const summary = await runStorm({ server, clients, habits, seed, quietMs: 5_000, tell: console.log });
  print("All cut at once", summary.cut);
  print("Restart", summary.restart);
  const { exitCode, endedMs, listeningMs } = summary.restart;
  console.log(`  the process ended with    ${exitCode} after ${seconds(endedMs)}, the next one listened after ${seconds(listeningMs)}
Messages                    ${summary.messages}, sent again ${summary.resends} times
Load average at the end     ${load()}`);
  if (summary.problems.length > 0) {
    console.error(`${summary.problems.slice(0, 50).join("\n")}\n${summary.problems.length} problems`);
    process.exitCode = 1;
  } else {
    console.log("Nothing was lost, nothing came twice, nobody was refused.");
  }
}
