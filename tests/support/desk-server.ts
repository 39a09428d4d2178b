import { demoAgent } from "../../packages/server/src/agents/demo/index.ts";
import { resolve } from "../../packages/server/src/config/settings.ts";
import { silentLogger } from "../../packages/server/src/logger.ts";
import { startServer } from "../../packages/server/src/server.ts";
import { SkipClock } from "../../packages/server/src/testing/skip-clock.ts";
import { temporaryDirectory } from "./program.ts";

/** A server in this process as one gets it without a configuration, on a clock of which time can be left out. */
export async function deskServer(): Promise<{ url: string; clock: SkipClock } & AsyncDisposable> {
  const data = await temporaryDirectory();
  const clock = new SkipClock();
  const settings = resolve({ PORT: "0", PARLEY_DATA: data.path }, null, {
    workingDirectory: data.path,
    demoAgent: demoAgent(clock),
  });
  const server = await startServer(settings, { logger: silentLogger, clock });
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    clock,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await data[Symbol.asyncDispose]();
    },
  };
}
