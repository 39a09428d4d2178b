import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { builtPages } from "@parley/web/built";
import { VERSION } from "@parley/web/widget/version";
import { disposeAgents } from "./agents/agent.ts";
import { findWord } from "./agents/match.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type ConnectorSettings, readWidget, type Settings } from "./config/settings.ts";
import { openDesk } from "./desk/open.ts";
import { ExpirableTokens } from "./development/expirable-tokens.ts";
import { type ConnectorView, Workbench } from "./development/workbench.ts";
import { createHttp } from "./gateway/http/app.ts";
import { Connections } from "./gateway/http/connections.ts";
import { createHttpServer } from "./gateway/http/http-server.ts";
import { loadWebFiles, type WebFiles } from "./gateway/http/web-files.ts";
import { Upgrades } from "./gateway/ws/upgrades.ts";
import { outside } from "./handoff/outside.ts";
import type { HandoffDoor } from "./handoff/provider.ts";
import { Providers } from "./handoff/providers.ts";
import { Queues } from "./handoff/queues.ts";
import { unattended } from "./handoff/unattended.ts";
import { Endpoint } from "./handoff/webhook/endpoint.ts";
import { WebhookProvider } from "./handoff/webhook/provider.ts";
import { AccessTokens } from "./identity/access-tokens.ts";
import { Connectors } from "./identity/connectors.ts";
import { loadOperatorKeys } from "./identity/operators.ts";
import { loadSigningSecret } from "./identity/secret.ts";
import type { Journal } from "./journal/journal.ts";
import { openSqliteJournal } from "./journal/sqlite.ts";
import type { Logger } from "./logger.ts";
import { newId } from "./new-id.ts";
import { Sessions } from "./session/sessions.ts";

/** Running turns may finish for so long when the server goes down, milliseconds. */
const DRAIN_MS = 5_000;
/** Requests that run when the server stops listening have so long to be answered, milliseconds. */
const LAST_ANSWERS_MS = 1_000;
/** The rhythm of the sweep over sleeping sessions: at most so long, and finer where sessions idle for less. */
const SWEEP_MS = 5_000;
/**
 * Connections that may wait to be accepted; the system allows 4,096 as well, and Node asks for 511. One that finds no
 * place tries again after 1, 3 and 7 s: thousands of clients that come back at once feel that.
 */
const BACKLOG = 4_096;

/** A server that takes connections. */
export interface ParleyServer {
  /** Where it listens; the port is the real one where 0 was asked for. */
  readonly address: { host: string; port: number };
  /** Takes no more, lets what is under way finish, closes sockets with 1012; resolves when all is on disk. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  logger: Logger;
  clock?: Clock;
  /** Told before the pages are built, which a first start does, and one after their sources have changed. */
  onBuild?: () => void;
}

/**
 * Puts the parts together and starts them.
 *
 * @throws JournalError where the data directory cannot be used, SecretError where the secret in it cannot, BuildError
 *   where the pages cannot be built, or the error of `listen` where the address cannot
 */
export async function startServer(settings: Settings, options: ServerOptions): Promise<ParleyServer> {
  const { logger, clock = systemClock } = options;
  // A start waits for threads and for files, which it need not do one after the other: clients find no port meanwhile.
  const opening = openSqliteJournal({ directory: settings.dataDirectory });
  const [pages] = await Promise.allSettled([builtPages(options.onBuild).then(loadWebFiles), opening]);
  const journal = await opening;
  try {
    if (pages.status === "rejected") throw pages.reason;
    return await start(settings, journal, pages.value, logger, clock);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function start(
  settings: Settings,
  journal: Journal,
  web: WebFiles,
  logger: Logger,
  clock: Clock,
): Promise<ParleyServer> {
  const [signing = await loadSigningSecret(settings.dataDirectory), ...older] = settings.secrets;
  const development = settings.mode === "development";
  const signed = new AccessTokens([signing, ...older], clock);
  const expirable = development ? new ExpirableTokens(signed, clock) : null;
  const accessTokens = expirable ?? signed;
  const connectors = new Connectors(settings.connectors, settings.publicUrl);
  const idleMs = (settings.idleSeconds + settings.idleMercySeconds) * 1_000;
  const { handoff } = settings;
  const queues = new Queues({ ...handoff, journal, clock });
  // Each needs the other: the desk answers through the sessions that ask it.
  const door: HandoffDoor = { command: (...given) => sessions.command(...given) };
  const desk = await openDesk({ settings, journal, door, queues, clock, newId, logger });
  const webhook =
    handoff.webhook &&
    (await WebhookProvider.open({
      endpoint: new Endpoint({ ...handoff.webhook, userAgent: `Parley/${VERSION}`, clock }),
      giveUpMs: handoff.webhook.giveUpMs,
      publicUrl: settings.publicUrl,
      journal,
      door,
      clock,
      newId,
      logger,
    }));
  const providers = new Providers(
    { desk: desk.provider, none: unattended, api: outside, ...(webhook && { webhook }) },
    queues,
    logger,
  );
  const policies = new Map(
    settings.connectors.map((connector) => [connector.id, policyOf(connector, handoff.provider, queues)]),
  );
  const sessions: Sessions = new Sessions({
    journal,
    clock,
    newId,
    logger,
    providers,
    idleMs,
    graceMs: settings.endedGraceSeconds * 1_000,
    sweepMs: Math.min(SWEEP_MS, Math.max(idleMs / 10, 100)),
    policyOf: (id) => policies.get(id),
  });
  let stopping = false;
  const health = () => (stopping ? "The server is shutting down." : (journal.fault()?.message ?? null));

  const workbench =
    expirable === null
      ? null
      : new Workbench({
          sessions,
          tokens: expirable,
          connectors: settings.connectors.map(connectorView),
          readWidget: (input, id) => readWidget(input, (connectors.get(id)?.contextKeys.length ?? 0) > 0),
          // What is configured for the world may come here through a proxy, and with it the world.
          publicUrl: settings.file === null ? settings.publicUrl : null,
          clock,
          newId,
        });
  const app = createHttp({
    connectors,
    accessTokens,
    operatorKeys: async () => [...settings.operators, ...(await loadOperatorKeys(journal))],
    sessions,
    handoffs: { door: sessions, hasQueue: (name) => queues.has(name) },
    journal,
    health,
    publicUrl: settings.publicUrl,
    desk: desk.routes,
    workbench,
    web,
    widgetOf: (id) => workbench?.previews.get(id) ?? (connectors.get(id) as ConnectorSettings).widget,
    clock,
    newId,
    logger,
  });
  const upgrades = new Upgrades({
    sessions,
    accessTokens,
    clock,
    newId,
    logger,
    maxConnections: settings.maxConnections,
    upgradeDelayMs: settings.upgradeDelayMs,
    isServing: () => journal.fault() === null,
    workbench,
  });

  const http = createHttpServer({
    fetch: app.fetch,
    upgrade: (request, socket, head) =>
      (desk.isFor(request) ? desk.upgrades : upgrades).handle(request, socket, head),
    keepAliveSeconds: settings.keepAliveSeconds,
    newId,
  });
  const connections = new Connections(http);
  await sessions.start(() => listen(http, settings.port, settings.host));
  webhook?.start();

  const stop = async () => {
    stopping = true;
    workbench?.close();
    await sessions.drain(DRAIN_MS);
    const closed = new Promise((resolve) => http.close(resolve));
    const answered = new Promise<void>((resolve) => clock.after(LAST_ANSWERS_MS, resolve));
    await Promise.all([upgrades.close(), desk.upgrades.close(), Promise.race([closed, answered])]);
    connections.reset();
    await closed;
    await sessions.stop();
    await providers[Symbol.asyncDispose]();
    await disposeAgents(
      settings.connectors.map(({ agent }) => agent).filter((agent) => typeof agent !== "function"),
    );
    await journal.close();
  };
  const { port } = http.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  return {
    address: { host: settings.host, port },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function policyOf(connector: ConnectorSettings, provider: string, queues: Queues) {
  const { agent, greeting, limits, interrupt, contextKeys, handoff } = connector;
  const { words, afterFailedTurns } = handoff;
  return {
    agent,
    greeting,
    limits: {
      firstWordMs: limits.firstWordSeconds * 1_000,
      betweenWordsMs: limits.betweenWordsSeconds * 1_000,
      wholeAnswerMs: limits.wholeAnswerSeconds * 1_000,
    },
    interrupts: interrupt,
    handoffs: {
      provider,
      queue: handoff.queue ?? queues.defaultQueue,
      waitMs: (queue: string | null) => queues.waitMs(queue),
      asksForPerson: words.length === 0 ? null : (text: string) => findWord(text, words) !== null,
      afterFailedTurns,
    },
    hasContextKeys: contextKeys.length > 0,
  };
}

/** A connector as a builder's client needs it. */
const connectorView = ({ id, token, hosts, apps, agent }: ConnectorSettings): ConnectorView => ({
  id,
  token: token ?? "",
  host: hosts[0] ?? apps[0] ?? "",
  agent: typeof agent === "function" ? null : agent.name,
});

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen({ port, host, backlog: BACKLOG }, () => {
      http.off("error", reject);
      resolve();
    });
  });
}
