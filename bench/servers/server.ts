import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Probe } from "../probe.ts";
import { Remote } from "../rpc.ts";

export type ServerName = "ws" | "socketio" | "parley";

/** Where a server is, and what it speaks. */
export interface Target {
  name: ServerName;
  host: string;
  port: number;
}

/** A server in a process of its own. */
export interface Server {
  readonly target: Target;
  readonly probe: Remote<Probe>;
  /** Ends it as an operator would; resolves when it is gone. */
  stop(): Promise<void>;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const SCRIPTS: Record<ServerName, string> = {
  ws: path("ws.ts"),
  socketio: path("socketio.ts"),
  // The program as anybody starts it.
  parley: path("../../packages/server/src/main.ts"),
};

/**
 * Starts a server; resolves when it says where it listens.
 *
 * @param data Parley's data directory
 */
export async function startServer(name: ServerName, data: string): Promise<Server> {
  const child = spawn(process.execPath, ["--expose-gc", "--import", path("../probe.ts"), SCRIPTS[name]], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, PARLEY_CONFIG: path("parley.config.ts"), PARLEY_DATA: data },
  });
  const exit = once(child, "exit");
  return {
    target: { name, host: "127.0.0.1", port: await portOf(child, name) },
    probe: new Remote<Probe>(child),
    async stop() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}

async function portOf(child: ChildProcess, name: ServerName): Promise<number> {
  if (child.stdout === null) throw new Error(`${name} has no output`);
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /listening on http:\/\/[^ ]*:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return Number(port);
  }
  throw new Error(`${name} did not start`);
}
