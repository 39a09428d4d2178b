/** What a configuration and an agent are written with. */

export { agUiAgent } from "./agents/ag-ui/agent.ts";
export type { AgUiAgentOptions } from "./agents/ag-ui/options.ts";
export * from "./agents/agent.ts";
export type { HandoffOptions } from "./agents/built-in/handoff.ts";
export { BUILT_IN_TOOLS, type BuiltInTool } from "./agents/built-in/names.ts";
export { type FallbackAgentOptions, fallbackAgent } from "./agents/fallback.ts";
export { type FilterAgentOptions, filterAgent, redact, type TextFilter } from "./agents/filter.ts";
export { type FunctionAgentOptions, functionAgent } from "./agents/function.ts";
export {
  attach,
  type Card,
  call,
  end,
  handoff,
  language,
  redirect,
  remember,
  reply,
  type Said,
  suggest,
} from "./agents/helpers.ts";
export { type Case, match, type Words } from "./agents/match.ts";
export { modelAgent } from "./agents/model/agent.ts";
export type { McpServer } from "./agents/model/mcp.ts";
export type { ModelAgentOptions } from "./agents/model/options.ts";
export {
  type Route,
  type RouteCondition,
  type RouterAgentOptions,
  routerAgent,
} from "./agents/router.ts";
export { scriptedAgent } from "./agents/scripted.ts";
export { type Config, defineConfig } from "./config/schema.ts";
