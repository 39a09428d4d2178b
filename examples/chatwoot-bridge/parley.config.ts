import { defineConfig } from "@parley/server";

const { BRIDGE_PORT = "8200", PARLEY_KEY = "", PARLEY_WEBHOOK_SECRET = "" } = process.env;

/** The demo agent, whose handoffs (write `human`) go to Chatwoot. */
export default defineConfig({
  connectors: [{ id: "demo", token: "demo", hosts: ["localhost"] }],
  operators: [{ id: "chatwoot-bridge", key: PARLEY_KEY, scopes: ["handoffs:answer"] }],
  handoff: {
    provider: "webhook",
    webhook: { url: `http://127.0.0.1:${BRIDGE_PORT}/parley`, secrets: [PARLEY_WEBHOOK_SECRET] },
  },
});
