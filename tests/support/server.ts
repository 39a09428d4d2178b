import { demoAgent } from "../../packages/server/src/agents/demo/index.ts";
import { systemClock } from "../../packages/server/src/clock.ts";
import { resolve } from "../../packages/server/src/config/settings.ts";
import { silentLogger } from "../../packages/server/src/logger.ts";
import { startServer } from "../../packages/server/src/server.ts";
import { temporaryDirectory } from "./program.ts";

/** A server in this process, on a free port and data of its own, with a configuration. */
export async function configuredServer(config: object): Promise<{ url: string } & AsyncDisposable> {
  const data = await temporaryDirectory();
  const settings = resolve(
    { PORT: "0", PARLEY_DATA: data.path },
    { path: "parley.config.ts", content: config },
    { workingDirectory: data.path, demoAgent: demoAgent(systemClock) },
  );
  const server = await startServer(settings, { logger: silentLogger });
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await data[Symbol.asyncDispose]();
    },
  };
}
