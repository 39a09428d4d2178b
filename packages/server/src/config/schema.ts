import { LIMITS } from "@parley/protocol";
import { TEXT_KEYS } from "@parley/web/widget/launcher-answer";
import { z } from "zod";
import { type AgentSource, isAgent } from "../agents/agent.ts";
import { parseSpan } from "../handoff/hours.ts";
import { parseSecret, SECRET_BYTES as SECRET_BYTES_OF_WEBHOOKS } from "../handoff/webhook/signature.ts";
import { SHA256_HEX } from "../identity/digest.ts";
import { appIdOf, domainOf, originOf } from "../identity/hosts.ts";
import { SCOPES } from "../identity/operators.ts";

/** What people are told of a key: in docs/configuration.md, and when its value is wrong. */
export interface KeyInfo {
  description: string;
  /** Follows "expected", so without a full stop. Of a list: what each entry is. */
  expected: string;
  unit?: "seconds" | "milliseconds";
  /** The environment variable that sets it, and wins over the file. */
  variable?: string;
  /** Its value is never shown. */
  secret?: true;
  /** What holds where the key is absent, in words; for keys whose default is not a value. */
  absent?: string;
}

export const keyInfo = z.registry<KeyInfo>();

type Described = Omit<KeyInfo, "expected">;

/** Timers of Node hold 31 bits of milliseconds, 24 days, and fire at once beyond; idleness and its mercy are added up. */
const MAX_SECONDS = 1_000_000;
/** Clients give an upgrade 10 s; a longer delay would be a refusal. */
const MAX_UPGRADE_DELAY_MS = 5_000;
const SECRET_BYTES = 32;
const MIN_OPERATOR_KEY = 32;

const seconds = (min: number, initial: number, info: Described) =>
  z
    .number()
    .min(min)
    .max(MAX_SECONDS)
    .default(initial)
    .register(keyInfo, {
      unit: "seconds",
      expected: `a number from ${min} to ${MAX_SECONDS}`,
      ...info,
    });

const integer = (min: number, max: number, initial: number, info: Described) =>
  z
    .int()
    .min(min)
    .max(max)
    .default(initial)
    .register(keyInfo, {
      expected: `a whole number from ${min} to ${max}`,
      ...info,
    });

/** A name that is stored with every session or shown in logs, so one that needs no quoting anywhere. */
const name = (info: Described) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .register(keyInfo, {
      expected: "1 to 64 letters, digits, dots, underscores and hyphens, beginning with a letter or digit",
      ...info,
    });

const isAppId = (text: string): boolean => appIdOf(text) !== null && /^[a-z0-9][a-z0-9._-]*$/i.test(text);

function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** A generator that speaks is taken for a function that makes an agent all too easily. */
const isGenerator = (value: object): boolean =>
  ["[object AsyncGeneratorFunction]", "[object GeneratorFunction]"].includes(
    Object.prototype.toString.call(value),
  );

const isAgentSource = (value: unknown): value is AgentSource =>
  typeof value === "function" ? !isGenerator(value) : isAgent(value);

/** The same value twice under a key that must tell entries apart. Names the places, not the value. */
const unique =
  <Entry>(list: string, key: string, read: (entry: Entry) => string | undefined) =>
  (entries: Entry[], context: z.RefinementCtx<Entry[]>): void => {
    const seen = new Map<string, number>();
    entries.forEach((entry, index) => {
      const value = read(entry);
      if (value === undefined) return;
      const first = seen.get(value);
      if (first === undefined) seen.set(value, index);
      else context.addIssue(`${list}[${index}].${key} is the same as ${list}[${first}].${key}`);
    });
  };

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

/** Who may take conversations over. */
export const PROVIDERS = ["desk", "webhook", "api", "none"] as const;

const queueName = z.string().trim().min(1).max(100);
const QUEUE_NAME = "a text of 1 to 100 characters";

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

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

const span = z
  .string()
  .refine((text) => parseSpan(text) !== null)
  .transform((text) => parseSpan(text) ?? { from: 0, to: 0 });

const SPAN = "a span such as 09:00-12:30, which may end at 24:00 and does not go past midnight";

const spans = (description: string, expected = SPAN) =>
  z
    .array(span)
    .refine((list) => list.every(({ from }, i) => from >= (list[i - 1]?.to ?? 0)), {
      error: "the spans of a day must follow one another",
    })
    .default([])
    .register(keyInfo, { description, expected });

const hours = z.strictObject({
  timeZone: z.string().refine(isTimeZone).register(keyInfo, {
    description: "The place whose clocks count.",
    expected: "an IANA time zone, such as Europe/Berlin",
  }),
  mon: spans("Monday."),
  tue: spans("Tuesday."),
  wed: spans("Wednesday."),
  thu: spans("Thursday."),
  fri: spans("Friday."),
  sat: spans("Saturday."),
  sun: spans("Sunday."),
  exceptions: z
    .array(
      z.strictObject({
        date: z.iso.date().register(keyInfo, { description: "The day.", expected: "a date as 2026-12-25" }),
        open: spans("When it is open on that day; none: closed."),
      }),
    )
    .superRefine(unique("exceptions", "date", ({ date }) => date))
    .default([])
    .register(keyInfo, {
      description: "Days with hours of their own, such as holidays.",
      expected: "an object with date and open",
    }),
});

const webhook = z.strictObject({
  url: z.string().refine(isWebUrl).register(keyInfo, {
    description: "Where handoffs are told, by `POST`. Certificates are checked, redirects are not followed.",
    expected: "an http or https URL without query and user",
  }),
  secrets: z
    .array(z.string().refine((text) => parseSecret(text) !== null))
    .min(1)
    .max(2)
    .register(keyInfo, {
      description:
        "Sign each request; share them with its receiver alone. To replace one, add the new one, have the receiver take it, " +
        "and take the old one away.",
      expected: `whsec_ and the base64 of ${SECRET_BYTES_OF_WEBHOOKS.min} to ${SECRET_BYTES_OF_WEBHOOKS.max} bytes, at most two such`,
      secret: true,
    }),
  timeoutSeconds: seconds(0.1, 15, { description: "How long an answer may take." }),
  giveUpSeconds: seconds(1, 120, {
    description:
      "How long a delivery is tried again while a user waits or talks. Then the handoff has failed, and the agent is back.",
  }),
});

/** Queues and people are the whole server's; which queue a connector's users come to is the connector's. */
const handoff = z
  .strictObject({
    provider: z
      .enum(PROVIDERS)
      .default("desk")
      .register(keyInfo, {
        description:
          "Who takes conversations over. `desk`: people who are signed in at `/desk` ([desk.md](desk.md)). `none`: nobody, and the agent is told so at once. `api`: a program of yours, " +
          "which reads `GET /api/v1/handoffs` and answers by `POST /api/v1/handoffs/{id}/commands`. `webhook`: the same, and it is " +
          "told by HTTP ([handoff.md](handoff.md#webhooks)).",
        expected: `one of: ${PROVIDERS.join(", ")}`,
      }),
    webhook: webhook.optional().register(keyInfo, {
      description: "The contact centre that `webhook` tells.",
      expected: "an object with at least url and secrets",
      absent: "needed by `webhook` alone",
    }),
    waitSeconds: seconds(1, 300, {
      description: "How long a user waits for a person at most, where the queue says nothing else.",
    }),
    defaultQueue: queueName.optional().register(keyInfo, {
      description: "Where a user waits if nobody has named a queue.",
      expected: QUEUE_NAME,
      absent: "no queue in particular",
    }),
    queues: z
      .array(
        z.strictObject({
          name: queueName.register(keyInfo, {
            description: "The queue's name. Users see it.",
            expected: QUEUE_NAME,
          }),
          waitSeconds: z
            .number()
            .min(1)
            .max(MAX_SECONDS)
            .optional()
            .register(keyInfo, {
              description: "How long a user waits here at most; then the agent is back.",
              unit: "seconds",
              expected: `a number from 1 to ${MAX_SECONDS}`,
              absent: "that of all queues",
            }),
          maxWaiting: z.int().min(1).max(100_000).optional().register(keyInfo, {
            description: "How many may wait here at once. One more is told that all are busy.",
            expected: "a whole number from 1 to 100000",
            absent: "as many as come",
          }),
          hours: hours.optional().register(keyInfo, {
            description: "When it is staffed. Otherwise users are told when it opens.",
            expected: "an object with timeZone and the hours of each day",
            absent: "always",
          }),
        }),
      )
      .superRefine(unique("queues", "name", ({ name }) => name))
      .default([])
      .register(keyInfo, {
        description: "The queues there are. Without any, every name that an agent gives is one.",
        expected: "an object with at least name",
      }),
  })
  .superRefine(({ provider, webhook }, context) => {
    if (provider === "webhook" && webhook === undefined)
      context.addIssue("provider webhook needs webhook, with at least url and secrets");
  })
  .superRefine(({ defaultQueue, queues }, context) => {
    if (defaultQueue === undefined || queues.length === 0 || queues.some(({ name }) => name === defaultQueue))
      return;
    context.addIssue(`defaultQueue ${defaultQueue} is none of the queues`);
  });

const handoffRules = z.strictObject({
  queue: queueName.optional().register(keyInfo, {
    description: "Where this connector's users wait if nobody has named a queue.",
    expected: QUEUE_NAME,
    absent: "`handoff.defaultQueue`",
  }),
  words: z.array(z.string().trim().min(1).max(200)).default([]).register(keyInfo, {
    description:
      "A person is looked for where one of these stands in what the user writes, anywhere and in any case, before the agent reads it.",
    expected: "a word or phrase of 1 to 200 characters",
  }),
  afterFailedTurns: z.int().min(1).max(100).optional().register(keyInfo, {
    description: "A person is looked for when so many turns of the agent have failed in a row.",
    expected: "a whole number from 1 to 100",
    absent: "never",
  }),
});

/** A language as the widget's catalogue names it, or all of them. */
const language = z.string().regex(/^(?:\*|[a-z]{2,3})$/);

const shortText = (max: number, info: Described) =>
  z
    .string()
    .trim()
    .max(max)
    .default("")
    .register(keyInfo, { expected: `a text of at most ${max} characters`, ...info });

const disclaimer = z.strictObject({
  version: z.string().trim().min(1).max(64).register(keyInfo, {
    description: "Names this text in what is recorded. Another one asks everybody again.",
    expected: "a text of 1 to 64 characters, such as 2026-11",
  }),
  text: z
    .union([z.string().trim().min(1).max(4_000), z.record(language, z.string().trim().min(1).max(4_000))])
    .register(keyInfo, {
      description: "What the user agrees to. Markdown, with links.",
      expected:
        'a text of at most 4000 characters, or one by language, such as { en: "…", de: "…", "*": "…" }',
    }),
});

/** What a connector says of its widget. */
export const widgetSchema = z.strictObject({
  title: shortText(80, { description: "Stands in the header. Empty: the agent's name." }),
  subtitle: shortText(120, { description: "Stands beneath the title." }),
  logoUrl: z
    .union([z.literal(""), z.string().refine(isWebUrl)])
    .default("")
    .register(keyInfo, {
      description: "A picture for the header. Empty: the agent's own.",
      expected: "an http or https URL without query and user",
    }),
  color: z
    .string()
    .regex(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)
    .default("#0b6b5d")
    .register(keyInfo, {
      description:
        "The brand's colour. In each theme it is made as much darker or lighter as reading it needs.",
      expected: "a colour such as #0b6b5d",
    }),
  position: z.enum(["left", "right"]).default("right").register(keyInfo, {
    description: "The side of the window on which the launcher stands.",
    expected: "left or right",
  }),
  theme: z.enum(["light", "dark", "system"]).default("system").register(keyInfo, {
    description: "Light, dark, or as the user's system is.",
    expected: "light, dark or system",
  }),
  sound: z.boolean().default(false).register(keyInfo, {
    description: "A quiet sound with each answer, until the user says otherwise.",
    expected: "true or false",
  }),
  disclaimer: disclaimer.optional().register(keyInfo, {
    description: "What the user has to agree to before the chat.",
    expected: "an object with version and text",
    absent: "the chat begins without one",
  }),
  texts: z
    .record(language, z.partialRecord(z.enum(TEXT_KEYS), z.string().trim().min(1).max(500)))
    .default({})
    .register(keyInfo, {
      description:
        "Other words in place of the widget's own, by language (`*` for all) and key. The keys are those of " +
        "`packages/web/src/shared/i18n/en.ts`.",
      expected:
        'an object such as { en: { placeholder: "Ask us anything…" } }, with the keys of the catalogue',
    }),
});

const connector = z.strictObject({
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

const operator = z
  .strictObject({
    id: name({ description: "The operator's name in logs." }),
    key: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .min(MIN_OPERATOR_KEY)
      .optional()
      .register(keyInfo, {
        description: "What the operator sends as Bearer. Either this or `keyHash`.",
        expected: `at least ${MIN_OPERATOR_KEY} visible ASCII characters without blanks`,
        secret: true,
        absent: "give `keyHash`",
      }),
    keyHash: z.string().regex(SHA256_HEX).optional().register(keyInfo, {
      description: "The key's SHA-256, so that the key itself need not stand in the configuration.",
      expected: "64 lower-case hex digits",
      secret: true,
      absent: "give `key`",
    }),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .register(keyInfo, {
        description: "What the key is good for.",
        expected: `one of: ${SCOPES.join(", ")}`,
      }),
  })
  .refine(({ key, keyHash }) => (key === undefined) !== (keyHash === undefined), {
    error: "exactly one of key and keyHash is expected",
  });

/** A URL of an issuer: on the network nobody may read or change what is said to it. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !isWebUrl(text)) return false;
  return url.protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

const oidc = z.strictObject({
  issuer: z.string().refine(isIssuer).register(keyInfo, {
    description: "Where the issuer's discovery document is, without `/.well-known/openid-configuration`.",
    expected: "an https URL, or an http one on this machine",
  }),
  clientId: z.string().min(1).register(keyInfo, {
    description: "As the issuer has registered this server.",
    expected: "a text that is not empty",
  }),
  clientSecret: z.string().min(1).register(keyInfo, {
    description: "The same. Never logged.",
    expected: "a text that is not empty",
    secret: true,
  }),
  label: z.string().min(1).max(60).default("single sign-on").register(keyInfo, {
    description: "What the button says behind *Sign in with*.",
    expected: "a text of 1 to 60 characters",
  }),
  domains: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/))
    .default([])
    .register(keyInfo, {
      description:
        "People whose verified e-mail address is of one of these domains get an account when they first come. Others need " +
        "one already (`parley desk add <address> --no-password`).",
      expected: "a domain in lower case, such as yourcompany.com",
    }),
  trustEmail: z
    .boolean()
    .default(false)
    .register(keyInfo, {
      description:
        "`true` takes addresses of which the issuer does not say that they are verified. Only for an issuer that lets nobody " +
        "choose an address freely.",
      expected: "true or false",
    }),
});

const desk = z.strictObject({
  signInHours: integer(1, 500, 12, {
    description: "How long a browser stays signed in: a working day, so that one signs in each morning.",
  }),
  oidc: oidc.optional().register(keyInfo, {
    description:
      "Signing in by OpenID Connect, beside passwords. Register `<publicUrl>/desk/api/oidc/callback` as the redirect URI.",
    expected: "an object with issuer, clientId and clientSecret",
    absent: "passwords alone",
  }),
});

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
