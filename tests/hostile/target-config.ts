import { type AgentPart, defineConfig, functionAgent, type Turn } from "../../packages/server/src/index.ts";
import { CONNECTORS, CONTEXT_KEY, OPERATOR_KEY, SIGNING_SECRET } from "./secrets.ts";

/** Answers shortly, so that what a test sees comes from the edge and not from an agent. */
const agent = functionAgent({
  name: "Echo",
  respond: async function* (turn: Turn): AsyncGenerator<AgentPart> {
    yield { type: "text", text: turn.reason === "greeting" ? "Hello." : "Taken." };
  },
});

/** What the attacked program runs with. */
export default defineConfig({
  secrets: [SIGNING_SECRET],
  connectors: CONNECTORS.map(({ id, token }) => ({
    id,
    token,
    hosts: ["localhost", "acme.example"],
    origins: ["https://partner.example:8443"],
    contextKeys: [CONTEXT_KEY],
    agent,
  })),
  operators: [{ id: "reader", key: OPERATOR_KEY, scopes: ["sessions:read"] }],
});
