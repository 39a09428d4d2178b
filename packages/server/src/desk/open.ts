import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Hono } from "hono";
import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { HandoffDoor, HandoffProvider } from "../handoff/provider.ts";
import type { Journal } from "../journal/journal.ts";
import type { Logger } from "../logger.ts";
import { Accounts } from "./accounts/accounts.ts";
import { DEVELOPMENT_ACCOUNTS } from "./accounts/development.ts";
import { SignIns } from "./accounts/sign-ins.ts";
import { CannedReplies } from "./canned.ts";
import { DeskCommands } from "./commands.ts";
import { Desk, type DeskQueues } from "./desk.ts";
import type { DeskEnv } from "./http/deps.ts";
import { deskRoutes } from "./http/routes.ts";
import { OidcDoor } from "./oidc/oidc.ts";
import { Answers } from "./socket/answers.ts";
import { DeskUpgrades } from "./socket/upgrades.ts";
import { Statuses } from "./statuses.ts";

const HOUR_MS = 3_600_000;

export interface OpenDeskOptions {
  settings: Pick<Settings, "mode" | "publicUrl" | "desk">;
  journal: Journal;
  door: HandoffDoor;
  queues: DeskQueues;
  clock: Clock;
  newId: () => string;
  logger: Logger;
}

/** A desk that people can come to. */
export interface OpenDesk {
  readonly provider: HandoffProvider & AsyncDisposable;
  /** For `/desk/api`. */
  readonly routes: Hono<DeskEnv>;
  /** Whether an upgrade is one of the desk's. */
  isFor(request: IncomingMessage): boolean;
  /** Takes them. */
  readonly upgrades: {
    handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
    close(): Promise<void>;
  };
}

/** Puts the desk together, with who was there before the start. @throws where a record of the journal is damaged */
export async function openDesk(options: OpenDeskOptions): Promise<OpenDesk> {
  const { settings, journal, door, queues, clock, newId, logger } = options;
  const { publicUrl } = settings;
  const development = settings.mode === "development" ? DEVELOPMENT_ACCOUNTS : [];
  const accounts = await Accounts.load(journal, development);
  const signIns = await SignIns.load(journal, accounts, clock, settings.desk.signInHours * HOUR_MS);
  const canned = await CannedReplies.load(journal);
  const statuses = new Statuses(journal, logger);
  const desk = new Desk({ accounts, queues, statuses, door, journal, clock, logger });
  await desk.start();
  const { oidc } = settings.desk;
  const link = { desk, commands: new DeskCommands(desk, canned), answers: new Answers(), canned };
  return {
    provider: desk,
    routes: deskRoutes({
      accounts,
      signIns,
      oidc: oidc === null || publicUrl === null ? null : new OidcDoor(oidc, publicUrl, clock),
      development,
      publicUrl,
      journal,
      clock,
      logger,
    }),
    isFor: DeskUpgrades.isFor,
    upgrades: new DeskUpgrades({ ...link, journal, clock, logger, signIns, publicUrl, newId }),
  };
}
