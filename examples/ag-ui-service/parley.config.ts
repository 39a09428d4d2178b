import { agUiAgent, defineConfig } from "@parley/server";

const agent = agUiAgent({
  name: "Una",
  url: process.env.AGENT_URL || "http://127.0.0.1:8100/run",
});

export default defineConfig({
  connectors: [
    {
      id: "shop",
      token: "demo",
      hosts: ["localhost"],
      greeting: "Hello, this is the bicycle shop. Which bicycle are you looking for?",
      agent,
    },
  ],
});
