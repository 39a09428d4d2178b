/** What a configuration and an agent are written with. */
export * from "./agents/agent.ts";
export { functionAgent } from "./agents/function.ts";
export { scriptedAgent } from "./agents/scripted.ts";
export { type Config, defineConfig } from "./config/schema.ts";
