import { demoAgent } from "../../../packages/server/src/agents/demo/index.ts";
import { resolve } from "../../../packages/server/src/config/settings.ts";
import { silentLogger } from "../../../packages/server/src/logger.ts";
import { startServer } from "../../../packages/server/src/server.ts";
import { SkipClock } from "../../../packages/server/src/testing/skip-clock.ts";

/** What the test tells it. */
export interface DeskMessage {
  /** Milliseconds. */
  skip: number;
}

/** The server without a configuration, as `npm start` has it, on a clock that a test moves. It tells where it listens. */
const { PORT = "0", PARLEY_DATA = "" } = process.env;
const clock = new SkipClock();
const settings = resolve({ PORT, PARLEY_DATA }, null, {
  workingDirectory: PARLEY_DATA,
  demoAgent: demoAgent(clock),
});
const server = await startServer(settings, { logger: silentLogger, clock });
process.on("message", ({ skip }: DeskMessage) => {
  clock.skip(skip);
  process.send?.("skipped");
});
process.send?.(`http://127.0.0.1:${server.address.port}`);
