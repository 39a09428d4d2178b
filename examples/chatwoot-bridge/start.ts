import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";

/** Both in one command: Parley, and the bridge beside it, with secrets between them that nobody else needs to know. */
const env = {
  ...process.env,
  PARLEY_URL: `http://127.0.0.1:${process.env.PORT || 8080}`,
  PARLEY_KEY: process.env.PARLEY_KEY || randomBytes(32).toString("hex"),
  PARLEY_WEBHOOK_SECRET: process.env.PARLEY_WEBHOOK_SECRET || `whsec_${randomBytes(32).toString("base64")}`,
};
const run = (file: string): ChildProcess => spawn(process.execPath, [file], { stdio: "inherit", env });
const children = [
  run(fileURLToPath(new URL("main.ts", import.meta.url))),
  run(fileURLToPath(new URL("main.ts", import.meta.resolve("@parley/server")))),
];
const stop = () => {
  for (const child of children) child.kill("SIGTERM");
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
// One is of no use without the other.
for (const child of children) {
  child.on("exit", (code) => {
    process.exitCode ??= code ?? 1;
    stop();
  });
}
