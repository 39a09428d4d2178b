import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startService } from "./service.ts";

/** Both in one command: the agent service in this process, and Parley beside it. */
const url = await startService(Number(process.env.AGENT_PORT ?? 8100));
const main = fileURLToPath(new URL("main.ts", import.meta.resolve("@parley/server")));
const parley = spawn(process.execPath, [main], {
  stdio: "inherit",
  env: { ...process.env, AGENT_URL: url },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => parley.kill(signal));
parley.on("exit", (code) => process.exit(code ?? 1));
