import type { Agent } from "../agents/agent.ts";
import { type Environment, resolve } from "../config/settings.ts";

/** An agent that says nothing. */
export const agent = (name: string): Agent => ({ name, avatarUrl: "", async *respond() {} });

/** Who answers where a configuration names nobody. */
export const demoAgent = agent("demo");
const surroundings = { workingDirectory: "/srv/parley", demoAgent };

/** A connector as a configuration file has it. */
export const connector = { id: "web", token: "web-token", hosts: ["yourcompany.com"] };

/** The settings of a start with a configuration file. */
export const withFile = (content: unknown, environment: Environment = {}) =>
  resolve(environment, { path: "/srv/parley/parley.config.ts", content }, surroundings);

/** The settings of a start without a configuration file. */
export const without = (environment: Environment = {}) => resolve(environment, null, surroundings);

/** The problems of a start that was stopped, one a line. */
export function problems(start: () => unknown): string[] {
  try {
    start();
  } catch (error) {
    return String(error).split("\n  ").slice(1);
  }
  throw new Error("the start was not stopped");
}
