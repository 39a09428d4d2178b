#!/usr/bin/env node
/**
 * Starts the suite on whatever Node it finds. Published, it is built, and any Node of `engines` runs it. In the
 * repository it is TypeScript: a Node that is too old for that hands over to the one the repository brings.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const built = new URL("../dist/main.mjs", import.meta.url);
const source = new URL("../src/main.ts", import.meta.url);
/** Set for the Node that was handed over to, so that it never hands over again. */
const HANDED_OVER = "PARLEY_CONFORMANCE_HANDED_OVER";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const recent = major > 22 || (major === 22 && minor >= 18);

if (recent && existsSync(built)) await start(built);
else if (process.features.typescript) await start(source);
else handOver(process.env[HANDED_OVER] ? undefined : ownNode());

async function start(program) {
  const { command } = await import(program.href);
  await command(process.argv.slice(2));
}

function ownNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
  } catch {
    return undefined;
  }
}

function handOver(node) {
  if (node === undefined) return tooOld();
  const env = { ...process.env, [HANDED_OVER]: "1" };
  const child = spawn(node, [import.meta.filename, ...process.argv.slice(2)], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("error", tooOld);
  child.on("exit", (code, signal) => {
    // 128 is what shells add to a signal's number; which one it was, the child has said.
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  });
}

function tooOld() {
  process.stderr.write(`parley-conformance needs Node 22.18 or newer; this is ${process.version}\n`);
  process.exitCode = 2;
}
