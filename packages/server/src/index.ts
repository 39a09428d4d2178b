/** What a configuration and an agent are written with. */
export * from "./agents/agent.ts";
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
export {
  type Route,
  type RouteCondition,
  type RouterAgentOptions,
  routerAgent,
} from "./agents/router.ts";
export { scriptedAgent } from "./agents/scripted.ts";
export { type Config, defineConfig } from "./config/schema.ts";
