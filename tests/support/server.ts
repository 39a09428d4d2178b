import type { AgentSource } from "../../packages/server/src/agents/agent.ts";
import { demoAgent } from "../../packages/server/src/agents/demo/index.ts";
import { type Clock, systemClock } from "../../packages/server/src/clock.ts";
import { resolve } from "../../packages/server/src/config/settings.ts";
import { silentLogger } from "../../packages/server/src/logger.ts";
import { startServer } from "../../packages/server/src/server.ts";
import { SkipClock } from "../../packages/server/src/testing/skip-clock.ts";
import { temporaryDirectory } from "./program.ts";

type RunningServer = { url: string } & AsyncDisposable;

/** A server in this process, on a free port and data of its own, with a configuration. */
export const configuredServer = (
  config: object,
  environment: Record<string, string> = {},
): Promise<RunningServer> =>
  run({ path: "parley.config.ts", content: config }, demoAgent(systemClock), { environment });

/** The same in development: no configuration, the connector `demo`, and what only builders need. */
export const developmentServer = (agent: AgentSource = demoAgent(systemClock)): Promise<RunningServer> =>
  run(null, agent);

/** The same, on a clock of which time can be left out. */
export async function deskServer(): Promise<RunningServer & { clock: SkipClock }> {
  const clock = new SkipClock();
  return { ...(await run(null, demoAgent(clock), { clock })), clock };
}

async function run(
  file: { path: string; content: unknown } | null,
  agent: AgentSource,
  { environment = {}, clock = systemClock }: { environment?: Record<string, string>; clock?: Clock } = {},
): Promise<RunningServer> {
  const data = await temporaryDirectory();
  const settings = resolve({ PORT: "0", PARLEY_DATA: data.path, ...environment }, file, {
    workingDirectory: data.path,
    demoAgent: agent,
  });
  const server = await startServer(settings, { logger: silentLogger, clock });
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await data[Symbol.asyncDispose]();
    },
  };
}
