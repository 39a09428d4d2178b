import { setTimeout as sleep } from "node:timers/promises";
import { defineConfig, functionAgent } from "@parley/server";

/** Long enough that answers come as several chunks, and are under way when a connection is cut. */
const PAUSE_MS = 50;

/** Repeats each message between angle brackets, so that one sees what was answered, and how often. */
const agent = functionAgent({
  name: "Echo",
  respond: async function* ({ reason, messages }) {
    if (reason === "greeting") yield "Hello.";
    for (const { text } of messages) {
      yield `You said <${text}>, `;
      await sleep(PAUSE_MS);
      yield "and there is nothing to add to it. ";
    }
  },
});

export default defineConfig({
  log: "warn",
  connectors: [{ id: "demo", token: "demo", hosts: ["localhost"], agent }],
});
