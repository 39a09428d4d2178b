/** What a configuration and an agent are written with. */

export { agUiAgent } from "./agents/ag-ui/agent.ts";
export type { AgUiAgentOptions } from "./agents/ag-ui/options.ts";
export * from "./agents/agent.ts";
export type { HandoffOptions } from "./agents/built-in/handoff.ts";
export { BUILT_IN_TOOLS, type BuiltInTool } from "./agents/built-in/names.ts";
export { functionAgent } from "./agents/function.ts";
export { modelAgent } from "./agents/model/agent.ts";
export type { McpServer } from "./agents/model/mcp.ts";
export type { ModelAgentOptions } from "./agents/model/options.ts";
export { scriptedAgent } from "./agents/scripted.ts";
export { type Config, defineConfig } from "./config/schema.ts";
