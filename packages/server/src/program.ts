import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { BuildError } from "@parley/web/built";
import { demoAgent } from "./agents/demo/index.ts";
import { runDeskCommand } from "./cli/desk.ts";
import { runOperatorCommand } from "./cli/operator.ts";
import { systemClock } from "./clock.ts";
import { loadSettings } from "./config/load.ts";
import { ConfigError } from "./config/problems.ts";
import { DEMO_CONNECTOR, type Settings } from "./config/settings.ts";
import { SecretError } from "./identity/secret.ts";
import { JournalError } from "./journal/journal.ts";
import { openSqliteJournal } from "./journal/sqlite.ts";
import { createLogger } from "./logger.ts";
import { type ParleyServer, startServer } from "./server.ts";

/** After a signal to stop the process ends within so long, whatever hangs, milliseconds. */
const STOP_MS = 9_500;

const print = (line: string) => process.stdout.write(`${line}\n`);
const printError = (line: string) => process.stderr.write(`${line}\n`);

async function main([command, ...rest]: readonly string[]): Promise<void> {
  const settings = await loadSettings(process.env, {
    workingDirectory: process.cwd(),
    demoAgent: demoAgent(systemClock),
  });
  if (command === undefined || command === "start") {
    await run(settings);
  } else if (command === "operator" || command === "desk") {
    const openJournal = () => openSqliteJournal({ directory: settings.dataDirectory });
    const surroundings = { openJournal, clock: systemClock, print, printError };
    process.exitCode =
      command === "operator"
        ? await runOperatorCommand(rest, surroundings)
        : await runDeskCommand(rest, { ...surroundings, readLine });
  } else {
    printError(`Unknown command ${command}. Commands: start (or none), operator, desk.`);
    process.exitCode = 2;
  }
}

/** The first line of standard input; empty where there is none. */
async function readLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return "";
}

async function run(settings: Settings): Promise<void> {
  const server = await startServer(settings, {
    logger: createLogger(settings.log),
    onBuild: () => print("Building the pages, once …"),
  });
  stopOnSignal(server);
  welcome(settings, server);
  // V8 learns from lists that are made long before they are filled to make them old at once, and then all that was in them waits
  // for a slow collection [docs/decisions/0012]. Not before the start is over: with other flags Node's own modules have to be compiled
  // anew, a fifth of a start.
  setFlagsFromString("--no-allocation-site-pretenuring");
}

/** Where to go and what to use. */
function welcome(settings: Settings, { address }: ParleyServer): void {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const isLocal = settings.mode === "development";
  // Builders' tools are served under no name that was configured for the world.
  const publicUrl = isLocal && settings.file !== null ? null : settings.publicUrl;
  const url = publicUrl ?? `http://${isLocal ? "localhost" : host}:${address.port}`;
  const lines = [`Parley is listening on ${url}`];
  if (settings.file === null) {
    lines.push(`  connector token  ${DEMO_CONNECTOR.token}`, `  host             ${DEMO_CONNECTOR.hosts[0]}`);
  }
  const who = settings.model === null ? "Ada, the demo agent" : `the model ${settings.model}`;
  if (isLocal) {
    lines.push(
      settings.file === null
        ? `Open it in a browser to chat with ${who}.`
        : "Open it in a browser: it shows every conversation.",
    );
    if (settings.handoff.provider === "desk")
      // A click signs in by this name alone, whatever the world calls the server.
      lines.push(
        `Open http://localhost:${address.port}/desk beside it to be the person who takes over: ask for a human in the chat.`,
      );
  }
  print(lines.join("\n"));
}

function stopOnSignal(server: ParleyServer): void {
  const stop = () => {
    // A second signal ends the process at once, as usual.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.off(signal, stop);
    setTimeout(() => process.exit(1), STOP_MS).unref();
    server.stop().then(
      () => process.exit(0),
      (error) => {
        printError(`The server did not stop cleanly: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
}

/** What a person can act on is told in one line; anything else is a fault of ours, with its trace. */
function explain(error: unknown): string {
  if ([BuildError, ConfigError, JournalError, SecretError].some((kind) => error instanceof kind)) {
    return (error as Error).message;
  }
  const { code, port, address, stack } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === "EADDRINUSE") return `Port ${port} on ${address} is taken. Set PORT to another one.`;
  if (code === "EACCES" && port !== undefined)
    return `Port ${port} needs rights that this user has not. Set PORT to one above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `HOST ${address ?? ""} is no address of this machine.`;
  return stack ?? String(error);
}

main(process.argv.slice(2)).catch((error) => {
  printError(explain(error));
  process.exitCode = 1;
});
