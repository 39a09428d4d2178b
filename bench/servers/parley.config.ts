import { defineConfig, functionAgent } from "@parley/server";
import { dictation, prompt, silent, steady } from "./agents.ts";

/** A connector for each way of answering; its token is its name. */
const connector = (id: string, respond: Parameters<typeof functionAgent>[0]["respond"]) => ({
  id,
  token: id,
  hosts: ["localhost"],
  agent: functionAgent({ name: id, respond }),
});

export default defineConfig({
  host: "127.0.0.1",
  port: 0,
  log: "error",
  connectors: [
    connector("silent", silent),
    connector("prompt", prompt),
    connector("steady", steady),
    connector("dictation", dictation),
  ],
});
