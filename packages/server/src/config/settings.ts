import type { KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";
import { resolve as resolvePath } from "node:path";
import type { PublicConfig } from "@parley/web/widget/config";
import { VERSION } from "@parley/web/widget/version";
import { z } from "zod";
import type { AgentSource } from "../agents/agent.ts";
import { modelAgent } from "../agents/model/agent.ts";
import type { OidcSettings } from "../desk/oidc/oidc.ts";
import type { Hours } from "../handoff/hours.ts";
import type { Queue } from "../handoff/queues.ts";
import type { WebhookSettings } from "../handoff/webhook/provider.ts";
import { parseSecret } from "../handoff/webhook/signature.ts";
import type { Connector } from "../identity/connectors.ts";
import { sha256 } from "../identity/digest.ts";
import { appIdOf, domainOf, originOf } from "../identity/hosts.ts";
import type { OperatorKey } from "../identity/operators.ts";
import { secretKey } from "../identity/secret.ts";
import { ConfigError, explain, printProblems } from "./problems.ts";
import { keyInfo } from "./schema/fields.ts";
import { widgetSchema } from "./schema/widget.ts";
import { type CompleteConfig, configSchema, environmentSchema } from "./schema.ts";
import { unwrap } from "./walk.ts";

/** How long an agent may be silent in a turn, and how long its whole answer may take, seconds. */
export interface TurnLimits {
  readonly firstWordSeconds: number;
  readonly betweenWordsSeconds: number;
  readonly wholeAnswerSeconds: number;
}

/** A connector with what its sessions need. */
export interface ConnectorSettings extends Connector {
  readonly agent: AgentSource;
  /** Said when the agent's own greeting is empty. */
  readonly greeting: string;
  readonly limits: TurnLimits;
  /** Whether the user's words break off what the agent is saying. */
  readonly interrupt: boolean;
  /** When a person is looked for without the agent's doing; `queue` null: the server's default. */
  readonly handoff: {
    readonly queue: string | null;
    readonly words: readonly string[];
    readonly afterFailedTurns: number | null;
  };
  /** As it is configured, in development, where builders' tools show it; else null, and only its hash is known. */
  readonly token: string | null;
  /** What everybody may know of its widget. */
  readonly widget: PublicConfig;
}

/** Who takes conversations over, and how long users wait for that. */
export interface HandoffSettings {
  readonly provider: CompleteConfig["handoff"]["provider"];
  /** Null where there is none; what it is still owed is delivered also where another provider is asked by now. */
  readonly webhook: WebhookSettings | null;
  readonly waitMs: number;
  readonly defaultQueue: string | null;
  readonly queues: readonly Queue[];
}

/**
 * Why the server may run as it does.
 * - `configured`: there is a configuration file.
 * - `development`: only this machine can connect, and there is none or `PARLEY_DEVELOPMENT=1`; builders' tools are on.
 * - `demo`: there is none, others can connect, and `PARLEY_DEMO=1` says that this is wanted.
 */
export type Mode = "configured" | "development" | "demo";

/** Everything that was decided before the start; nothing in it changes afterwards. */
export interface Settings {
  readonly mode: Mode;
  /** The configuration file, absolute; null where there is none. */
  readonly file: string | null;
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Without a trailing slash; null where it was not said. */
  readonly publicUrl: string | null;
  /** The first signs and all verify; empty where the data directory keeps the secret (`loadSigningSecret`). */
  readonly secrets: readonly KeyObject[];
  readonly log: CompleteConfig["log"];
  readonly idleSeconds: number;
  readonly idleMercySeconds: number;
  readonly endedGraceSeconds: number;
  readonly maxConnections: number;
  readonly upgradeDelayMs: number;
  readonly keepAliveSeconds: number;
  /** The name of the model that answers where a connector names no agent; null where the demo agent does. */
  readonly model: string | null;
  readonly connectors: readonly ConnectorSettings[];
  readonly operators: readonly OperatorKey[];
  readonly handoff: HandoffSettings;
  readonly desk: DeskSettings;
}

/** Where people answer. */
export interface DeskSettings {
  /** How long a browser stays signed in. */
  readonly signInHours: number;
  /** Null where people sign in with passwords alone. */
  readonly oidc: OidcSettings | null;
}

/** The one connector of a server without a configuration. */
export const DEMO_CONNECTOR = { id: "demo", token: "demo", hosts: ["localhost", "127.0.0.1"] } as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `resolve` cannot know by itself. */
export interface Surroundings {
  /** What relative paths are relative to. */
  workingDirectory: string;
  /** Answers for connectors that name no agent. */
  demoAgent: AgentSource;
}

/**
 * Decides everything, from the environment and what the configuration file exports. The environment wins.
 * @param file null where there is no configuration file
 * @throws ConfigError with all problems at once
 */
export function resolve(
  environment: Environment,
  file: { path: string; content: unknown } | null,
  { workingDirectory, demoAgent }: Surroundings,
): Settings {
  const { values, variables } = readVariables(environment);
  const content = file === null ? { connectors: [demoConnector(values.publicUrl)] } : file.content;
  const input = isObject(content) ? { ...content, ...values } : content;

  const switches = environmentSchema.safeParse(readSwitches(environment));
  const parsed = configSchema.safeParse(input);
  const stray = switches.success ? strayModelVariables(switches.data) : [];
  // The issuer sends browsers back to it.
  if (parsed.data?.desk.oidc && parsed.data.publicUrl === undefined)
    stray.push("desk.oidc: needs publicUrl, the address to which the issuer sends browsers back");
  if (!switches.success || !parsed.success || stray.length > 0) {
    const lines = [
      ...stray,
      ...(switches.error?.issues ?? []).map((issue) =>
        explain(issue, environmentSchema, environment, new Map()),
      ),
      ...(parsed.error?.issues ?? []).map((issue) => explain(issue, configSchema, input, variables)),
    ];
    throw new ConfigError(printProblems(lines, file?.path ?? null));
  }

  const config = parsed.data;
  const defaultAgent = modelOf(switches.data) ?? demoAgent;
  const mode = modeOf(file, config.host, switches.data);
  return Object.freeze({
    mode,
    file: file?.path ?? null,
    port: config.port,
    host: config.host,
    dataDirectory: resolvePath(workingDirectory, config.data),
    publicUrl: config.publicUrl?.replace(/\/+$/, "") ?? null,
    secrets: Object.freeze((config.secrets ?? []).map(secretKey)),
    log: config.log,
    idleSeconds: config.idleSeconds,
    idleMercySeconds: config.idleMercySeconds,
    endedGraceSeconds: config.endedGraceSeconds,
    maxConnections: config.maxConnections,
    upgradeDelayMs: config.upgradeDelayMs,
    keepAliveSeconds: config.keepAliveSeconds,
    model: switches.data.PARLEY_MODEL ?? null,
    connectors: Object.freeze(
      config.connectors.map((connector) => connectorSettings(connector, defaultAgent, mode)),
    ),
    operators: Object.freeze(config.operators.map(operatorKey)),
    handoff: Object.freeze(handoffSettings(config.handoff)),
    desk: Object.freeze({ signInHours: config.desk.signInHours, oidc: config.desk.oidc ?? null }),
  });
}

/** The keys of the configuration that the environment sets. A variable that is empty counts as not set. */
function readVariables(environment: Environment) {
  const values: Record<string, unknown> = {};
  const variables = new Map<PropertyKey, string>();
  for (const [key, schema] of Object.entries(configSchema.shape)) {
    const variable = keyInfo.get(schema)?.variable;
    const text = environment[variable ?? ""];
    if (variable === undefined || !text) continue;
    variables.set(key, variable);
    values[key] = readText(text, unwrap(schema));
  }
  return { values, variables };
}

/** What is not a decimal number stays text, which the schema then refuses where a number belongs. */
function readText(text: string, schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodArray) return [text];
  return schema instanceof z.ZodNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const readSwitches = (environment: Environment) =>
  Object.fromEntries(
    Object.keys(environmentSchema.shape).map((variable) => [variable, environment[variable] || undefined]),
  );

type Switches = z.output<typeof environmentSchema>;

/** What a model needs of the environment goes together: half of it would talk to nobody, or to the demo agent. */
function strayModelVariables(switches: Switches): string[] {
  if (switches.PARLEY_MODEL !== undefined) {
    const { expected } = keyInfo.get(environmentSchema.shape.PARLEY_MODEL_URL) ?? {};
    return switches.PARLEY_MODEL_URL === undefined
      ? [`PARLEY_MODEL_URL: expected ${expected}; got nothing`]
      : [];
  }
  return (["PARLEY_MODEL_URL", "PARLEY_MODEL_KEY", "PARLEY_MODEL_INSTRUCTIONS"] as const)
    .filter((variable) => switches[variable] !== undefined)
    .map((variable) => `${variable}: of no use without PARLEY_MODEL, the name of the model`);
}

function modelOf(switches: Switches): AgentSource | null {
  const { PARLEY_MODEL: model, PARLEY_MODEL_URL: url, PARLEY_MODEL_KEY: key } = switches;
  if (model === undefined || url === undefined) return null;
  const instructions = switches.PARLEY_MODEL_INSTRUCTIONS;
  return modelAgent({
    model,
    url,
    ...(key !== undefined && { key }),
    ...(instructions !== undefined && { instructions }),
  });
}

/** A page that the server itself shows at its public URL is let in too. */
function demoConnector(publicUrl: unknown) {
  const own = typeof publicUrl === "string" ? domainOf(publicUrl) : null;
  const { id, token, hosts } = DEMO_CONNECTOR;
  return { id, token, hosts: own === null ? hosts : [...hosts, own] };
}

function modeOf(file: object | null, host: string, switches: Switches): Mode {
  if (file === null) return modeWithoutFile(host, switches.PARLEY_DEMO === "1");
  if (switches.PARLEY_DEVELOPMENT === "0") return "configured";
  if (isLoopback(host)) return "development";
  throw new ConfigError(
    `PARLEY_DEVELOPMENT=1 shows every conversation to whoever can reach the server, and HOST ${host} can be reached by ` +
      "others. Leave HOST out to develop on this machine alone, or PARLEY_DEVELOPMENT to run the server.",
  );
}

function modeWithoutFile(host: string, demo: boolean): Mode {
  if (isLoopback(host)) return "development";
  if (demo) return "demo";
  throw new ConfigError(
    `There is no configuration, and HOST ${host} can be reached by others: anybody could connect with the token ` +
      `"${DEMO_CONNECTOR.token}". Write a parley.config.ts with your own connectors (docs/configuration.md), or leave ` +
      "HOST out to try the server on this machine alone. If an open demo is what you want, set PARLEY_DEMO=1.",
  );
}

const isLoopback = (host: string): boolean =>
  host.toLowerCase() === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

type ConnectorConfig = CompleteConfig["connectors"][number];

function connectorSettings(
  connector: ConnectorConfig,
  demoAgent: AgentSource,
  mode: Mode,
): ConnectorSettings {
  return Object.freeze({
    id: connector.id,
    tokenHash: sha256(connector.token),
    hosts: normalised(connector.hosts, domainOf),
    apps: normalised(connector.apps, appIdOf),
    origins: normalised(connector.origins, originOf),
    contextKeys: Object.freeze(
      connector.contextKeys.map(({ kid, secret }) => Object.freeze({ kid, secret: secretKey(secret) })),
    ),
    agent: connector.agent ?? demoAgent,
    greeting: connector.greeting,
    limits: Object.freeze(connector.limits),
    interrupt: connector.interrupt,
    handoff: Object.freeze({
      queue: connector.handoff.queue ?? null,
      words: Object.freeze(connector.handoff.words),
      afterFailedTurns: connector.handoff.afterFailedTurns ?? null,
    }),
    token: mode === "development" ? connector.token : null,
    widget: widgetSettings(connector.widget, connector.contextKeys.length > 0),
  });
}

/**
 * A connector's `widget` as a configuration would have it.
 * @throws ConfigError with all problems at once
 */
export function readWidget(input: unknown, verifiedContext: boolean): PublicConfig {
  const { data, error } = widgetSchema.safeParse(input);
  if (data !== undefined) return widgetSettings(data, verifiedContext);
  const lines = error.issues.map((issue) => explain(issue, widgetSchema, input, new Map()));
  throw new ConfigError([...new Set(lines)].join("; "));
}

function widgetSettings(widget: ConnectorConfig["widget"], verifiedContext: boolean): PublicConfig {
  const { disclaimer, ...rest } = widget;
  const text = typeof disclaimer?.text === "string" ? { "*": disclaimer.text } : disclaimer?.text;
  return Object.freeze({
    ...rest,
    // The schema knows of keys that are absent; the catalogue has no others.
    texts: rest.texts as PublicConfig["texts"],
    version: VERSION,
    disclaimer: disclaimer && text ? { version: disclaimer.version, text } : null,
    verifiedContext,
  });
}

function handoffSettings({
  provider,
  webhook,
  waitSeconds,
  defaultQueue,
  queues,
}: CompleteConfig["handoff"]): HandoffSettings {
  return {
    provider,
    webhook: webhook === undefined ? null : webhookSettings(webhook),
    waitMs: waitSeconds * 1_000,
    defaultQueue: defaultQueue ?? null,
    queues: Object.freeze(
      queues.map((queue) =>
        Object.freeze({
          name: queue.name,
          waitMs: (queue.waitSeconds ?? waitSeconds) * 1_000,
          maxWaiting: queue.maxWaiting ?? null,
          hours: queue.hours === undefined ? null : hoursOf(queue.hours),
        }),
      ),
    ),
  };
}

function webhookSettings({
  url,
  secrets,
  timeoutSeconds,
  giveUpSeconds,
}: NonNullable<CompleteConfig["handoff"]["webhook"]>): WebhookSettings {
  return Object.freeze({
    url,
    secrets: Object.freeze(secrets.map(parseSecret).filter((secret) => secret !== null)),
    timeoutMs: timeoutSeconds * 1_000,
    giveUpMs: giveUpSeconds * 1_000,
  });
}

function hoursOf({
  timeZone,
  exceptions,
  ...week
}: NonNullable<CompleteConfig["handoff"]["queues"][number]["hours"]>): Hours {
  return { timeZone, week, exceptions: new Map(exceptions.map(({ date, open }) => [date, open])) };
}

/** The schema has refused what has no normal form. */
const normalised = (texts: readonly string[], form: (text: string) => string | null): readonly string[] =>
  Object.freeze(texts.map(form).filter((text) => text !== null));

function operatorKey({ id, key, keyHash, scopes }: CompleteConfig["operators"][number]): OperatorKey {
  return Object.freeze({ id, keyHash: keyHash ?? sha256(key ?? ""), scopes: Object.freeze(scopes) });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
