import { isLocale } from "@parley/protocol/schemas";
import { type Agent, disposeAgents, type Turn } from "./agent.ts";

/** Which turns a route is for: all that is named must be so. */
export interface RouteCondition {
  /** The language that is spoken, else the client's own: BCP-47, which its regions belong to (`fr` takes `fr-CA`). */
  language?: string;
  /** What the client claims of itself. Never decides about anything that matters: anybody can claim it. */
  attributes?: Readonly<Record<string, string | number | boolean>>;
  /** What the connector's backend vouches for. */
  context?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Route {
  when: RouteCondition | ((turn: Turn) => boolean);
  agent: Agent;
}

export interface RouterAgentOptions {
  /** Shown to the user; those of `otherwise` by default. */
  name?: string;
  avatarUrl?: string;
  /** The first that fits answers the turn. */
  routes: readonly Route[];
  /** Answers where no route fits. */
  otherwise: Agent;
}

/**
 * Picks an agent for each turn. Its record says which. Memory is the session's, so that all of them read the same.
 *
 * @throws TypeError where a route's language is no BCP-47 tag
 */
export function routerAgent({ routes, otherwise, ...shown }: RouterAgentOptions): Agent {
  const { name = otherwise.name, avatarUrl = otherwise.avatarUrl } = shown;
  const tests = routes.map(({ when, agent }) => ({ agent, fits: testOf(when) }));
  return {
    name,
    avatarUrl,
    async *respond(turn, signal) {
      const agent = tests.find(({ fits }) => fits(turn))?.agent ?? otherwise;
      if (agent.name !== name) yield { type: "chosen", name: agent.name };
      yield* agent.respond(turn, signal);
    },
    [Symbol.asyncDispose]: () => disposeAgents([otherwise, ...routes.map(({ agent }) => agent)]),
  };
}

function testOf(when: Route["when"]): (turn: Turn) => boolean {
  if (typeof when === "function") return when;
  const { language, attributes = {}, context = {} } = when;
  if (language !== undefined && !isLocale(language)) {
    throw new TypeError(`"${language}" is no BCP-47 language tag`);
  }
  return (turn) =>
    (language === undefined || isSpoken(language, turn.language ?? turn.session.locale)) &&
    holds(turn.session.attributes, attributes) &&
    holds(turn.context ?? {}, context);
}

const isSpoken = (language: string, spoken: string | null): boolean =>
  `${spoken}-`.toLowerCase().startsWith(`${language}-`.toLowerCase());

const holds = (
  given: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): boolean =>
  Object.entries(wanted).every(([key, value]) => Object.hasOwn(given, key) && given[key] === value);
