import { z } from "zod";
import { type AgentSource, isAgent } from "../../agents/agent.ts";
import { appIdOf, domainOf, originOf } from "../../identity/hosts.ts";
import { keyInfo, name, seconds, unique } from "./fields.ts";
import { handoffRules } from "./handoff.ts";
import { widgetSchema } from "./widget.ts";

const isAppId = (text: string): boolean => appIdOf(text) !== null && /^[a-z0-9][a-z0-9._-]*$/i.test(text);

/** A generator that speaks is taken for a function that makes an agent all too easily. */
const isGenerator = (value: object): boolean =>
  ["[object AsyncGeneratorFunction]", "[object GeneratorFunction]"].includes(
    Object.prototype.toString.call(value),
  );

const isAgentSource = (value: unknown): value is AgentSource =>
  typeof value === "function" ? !isGenerator(value) : isAgent(value);

const contextKey = z.strictObject({
  kid: z.string().min(1).max(256).register(keyInfo, {
    description: "Names the key in the header of a context token.",
    expected: "a text of 1 to 256 characters",
  }),
  secret: z.string().min(1).register(keyInfo, {
    description:
      "Signs context tokens (HS256), used as a UTF-8 string; share it with your own backend alone.",
    expected: "a text that is not empty",
    secret: true,
  }),
});

const turnLimits = z.strictObject({
  firstWordSeconds: seconds(0.001, 60, {
    description: "How long the agent may think before the first word of an answer.",
  }),
  betweenWordsSeconds: seconds(0.001, 30, {
    description: "How long the agent may pause in the middle of an answer.",
  }),
  wholeAnswerSeconds: seconds(0.001, 600, {
    description: "How long a whole answer may take, tools included.",
  }),
});

export const connector = z.strictObject({
  id: name({
    description: "The connector's name in sessions, logs and lists. Keep it: sessions refer to it.",
  }),
  token: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/)
    .register(keyInfo, {
      description: "What clients send as `X-Token`. The server works with its SHA-256 and never logs it.",
      expected: "1 to 256 visible ASCII characters without blanks",
      secret: true,
    }),
  hosts: z
    .array(z.string().refine((text) => domainOf(text) !== null))
    .default([])
    .register(keyInfo, {
      description:
        "Domains from which clients may come (`X-Host`, and `Origin` of a browser). Each stands for its subdomains too.",
      expected: "a domain or address without wildcards, such as yourcompany.com",
    }),
  apps: z.array(z.string().refine(isAppId)).default([]).register(keyInfo, {
    description: "Ids of mobile apps from which clients may come (`X-Host`). They match whole.",
    expected: "an app id, such as com.acme.app",
  }),
  origins: z
    .array(z.string().refine((text) => originOf(text) !== null))
    .default([])
    .register(keyInfo, {
      description:
        "Further origins of browsers that may come, with scheme and port. `null` lets pages without an origin in.",
      expected: 'an origin such as https://partner.example:8443 or capacitor://localhost, or "null"',
    }),
  contextKeys: z
    .array(contextKey)
    .superRefine(unique("contextKeys", "kid", ({ kid }) => kid))
    .default([])
    .register(keyInfo, {
      description:
        "Keys with which your own backend vouches for what it knows about a user (verified context).",
      expected: "an object with kid and secret",
    }),
  agent: z.custom<AgentSource>(isAgentSource).optional().register(keyInfo, {
    description: "Who answers.",
    expected:
      "an agent (an object with name, avatarUrl and respond), or a function that makes one; wrap an async generator in functionAgent",
    absent: "the demo agent",
  }),
  greeting: z.string().trim().min(1).default("Hello! How can I help you?").register(keyInfo, {
    description: "Said when the agent's own greeting is empty. Markdown.",
    expected: "a text that is not empty",
  }),
  limits: turnLimits.prefault({}).register(keyInfo, {
    description: "How long the agent may be silent or speak; then the turn has failed, and the user is told.",
    expected: "an object with firstWordSeconds, betweenWordsSeconds and wholeAnswerSeconds",
  }),
  widget: widgetSchema.prefault({}).register(keyInfo, {
    description: "How the chat widget of this connector looks, and what it says ([widget](widget.md)).",
    expected: "an object",
  }),
  interrupt: z.boolean().default(false).register(keyInfo, {
    description:
      "`true`: what the user writes breaks off what the agent is saying. Otherwise it waits, and all that waits is answered together.",
    expected: "true or false",
  }),
  handoff: handoffRules.prefault({}).register(keyInfo, {
    description: "When this connector's users get a person without the agent's doing, and where they wait.",
    expected: "an object with queue, words and afterFailedTurns",
  }),
});
