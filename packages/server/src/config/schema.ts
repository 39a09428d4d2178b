import { LIMITS } from "@parley/protocol";
import { z } from "zod";
import { connector } from "./schema/connector.ts";
import { desk } from "./schema/desk.ts";
import { integer, isWebUrl, keyInfo, seconds, unique } from "./schema/fields.ts";
import { handoff } from "./schema/handoff.ts";
import { operator } from "./schema/operator.ts";

/** Clients give an upgrade 10 s; a longer delay would be a refusal. */
const MAX_UPGRADE_DELAY_MS = 5_000;
/** Node's own. A storm of clients who come back leaves a connection each: kept for long, they use up the open files. */
const KEEP_ALIVE_SECONDS = 5;
/** Load balancers keep their connections for an hour at most. */
const MAX_KEEP_ALIVE_SECONDS = 4_000;
const SECRET_BYTES = 32;

/** The whole configuration. The environment is read into the same shape, so each rule stands here once. */
export const configSchema = z.strictObject({
  port: integer(0, 65_535, 8080, {
    description: "The TCP port to listen on; 0 takes any free one.",
    variable: "PORT",
  }),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/)
    .default("127.0.0.1")
    .register(keyInfo, {
      description: "The address to listen on; `0.0.0.0` or `::` for all.",
      expected: "an IP address or host name, without scheme and port",
      variable: "HOST",
    }),
  data: z.string().min(1).default(".parley").register(keyInfo, {
    description: "The data directory, relative to the working directory. One server at a time.",
    expected: "a path",
    variable: "PARLEY_DATA",
  }),
  publicUrl: z.string().refine(isWebUrl).optional().register(keyInfo, {
    description: "What the world calls this server. Pages that it serves itself come from this origin.",
    expected: "an http or https URL without query and user, such as https://chat.yourcompany.com",
    variable: "PARLEY_PUBLIC_URL",
    absent: "none: only the connectors' hosts and origins count",
  }),
  secrets: z
    .array(z.string().refine((text) => Buffer.byteLength(text) >= SECRET_BYTES))
    .min(1)
    .optional()
    .register(keyInfo, {
      description:
        "Sign access tokens. The first signs and all verify: to replace a secret, put the new one first and take the " +
        "old one away a day later. The environment variable holds one and replaces the list.",
      expected: `a text of at least ${SECRET_BYTES} bytes`,
      variable: "PARLEY_SECRET",
      secret: true,
      absent: "made on the first start, and kept in the data directory",
    }),
  log: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .register(keyInfo, {
      description: "The least important level that is logged.",
      expected: "one of: fatal, error, warn, info, debug, trace, silent",
      variable: "PARLEY_LOG",
    }),
  idleSeconds: seconds(0.1, LIMITS.idleSeconds, {
    description: "How long a session lives without a sign of life from its client.",
    variable: "PARLEY_IDLE_SECONDS",
  }),
  idleMercySeconds: seconds(0, LIMITS.idleMercySeconds, {
    description: "Added to `idleSeconds` before a session is ended as abandoned.",
    variable: "PARLEY_IDLE_MERCY_SECONDS",
  }),
  endedGraceSeconds: seconds(0, LIMITS.endedGraceSeconds, {
    description: "How long a client can still read to the end of a session that has ended.",
    variable: "PARLEY_ENDED_GRACE_SECONDS",
  }),
  maxConnections: integer(1, 10_000, LIMITS.socketsPerSession, {
    description: "Sockets of one session at the same time.",
    variable: "PARLEY_MAX_CONNECTIONS",
  }),
  upgradeDelayMs: integer(0, MAX_UPGRADE_DELAY_MS, LIMITS.upgradeDelayMs, {
    description:
      "An upgrade is answered no sooner: shipped clients lose their callbacks otherwise. 0 switches it off.",
    unit: "milliseconds",
    variable: "PARLEY_UPGRADE_DELAY_MS",
  }),
  keepAliveSeconds: integer(1, MAX_KEEP_ALIVE_SECONDS, KEEP_ALIVE_SECONDS, {
    description:
      "How long an HTTP connection on which nothing happens is kept for further requests. Longer than a proxy in front " +
      "keeps it, or the proxy may use it just as it is closed ([operations.md](operations.md#behind-a-reverse-proxy)).",
    unit: "seconds",
    variable: "PARLEY_KEEP_ALIVE_SECONDS",
  }),
  connectors: z
    .array(connector)
    .min(1)
    .superRefine(unique("connectors", "id", ({ id }) => id))
    .superRefine(unique("connectors", "token", ({ token }) => token))
    .register(keyInfo, {
      description: "Who may come in, from where, and who answers.",
      expected: "an object with at least id and token",
    }),
  handoff: handoff.prefault({}).register(keyInfo, {
    description: "Who takes conversations over from the agent, and how long users wait for that.",
    expected: "an object with provider, webhook, waitSeconds, defaultQueue and queues",
  }),
  operators: z
    .array(operator)
    .superRefine(unique("operators", "id", ({ id }) => id))
    .default([])
    .register(keyInfo, {
      description:
        "Keys of those who run the server, for what is no client's business. `parley operator add` makes further ones.",
      expected: "an object with id, key or keyHash, and scopes",
    }),
  desk: desk.prefault({}).register(keyInfo, {
    description: "Where people answer, at `/desk` ([desk.md](desk.md)).",
    expected: "an object with signInHours and oidc",
  }),
});

/** What only the environment decides, since it is about the file itself. */
export const environmentSchema = z.strictObject({
  PARLEY_CONFIG: z.string().min(1).optional().register(keyInfo, {
    description: "The configuration file, relative to the working directory.",
    expected: "a path",
    absent: "`parley.config.ts`, `.mjs` or `.js` in the working directory",
  }),
  PARLEY_DEMO: z
    .enum(["0", "1"])
    .default("0")
    .register(keyInfo, {
      description:
        "`1` lets a server without a configuration listen on an address that others can reach, with the demo agent " +
        "and a token that everybody knows.",
      expected: "0 or 1",
    }),
  PARLEY_DEVELOPMENT: z
    .enum(["0", "1"])
    .default("0")
    .register(keyInfo, {
      description:
        "`1` gives a server with a configuration what one without has: the playground, and faults on demand. Only on a " +
        "loopback address, since it shows every conversation.",
      expected: "0 or 1",
    }),
  PARLEY_MODEL: z.string().min(1).optional().register(keyInfo, {
    description: "A model that answers where a connector names no agent. Needs `PARLEY_MODEL_URL`.",
    expected: "the name of a model, such as llama3.2",
    absent: "the demo agent answers",
  }),
  PARLEY_MODEL_URL: z.string().refine(isWebUrl).optional().register(keyInfo, {
    description:
      "The base URL of the OpenAI-compatible service that has the model: hosted, Ollama, vLLM, LM Studio.",
    expected: "an http or https URL without query and user, such as http://localhost:11434/v1",
    absent: "required with `PARLEY_MODEL`",
  }),
  PARLEY_MODEL_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .register(keyInfo, {
      description: "Sent to the model's service as Bearer. Never logged.",
      expected: "visible ASCII characters without blanks",
      secret: true,
      absent: "none is sent",
    }),
  PARLEY_MODEL_INSTRUCTIONS: z.string().min(1).optional().register(keyInfo, {
    description: "Who the model is and what it is for, in a line or more.",
    expected: "a text",
    absent: "none but how to behave in a chat",
  }),
});

/** What a configuration file exports. */
export type Config = z.input<typeof configSchema>;

/** The configuration with every default filled in. */
export type CompleteConfig = z.output<typeof configSchema>;

/** Gives `parley.config.ts` its types: `export default defineConfig({ … })`. */
export const defineConfig = (config: Config): Config => config;
