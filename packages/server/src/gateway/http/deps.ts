import type { IncomingMessage } from "node:http";
import type { HttpFault } from "@parley/protocol";
import type { PublicConfig } from "@parley/web/widget/config";
import type { Context, Hono } from "hono";
import type { Clock } from "../../clock.ts";
import type { DeskEnv } from "../../desk/http/deps.ts";
import type { Tokens } from "../../development/expirable-tokens.ts";
import type { Workbench } from "../../development/workbench.ts";
import type { HandoffDoor } from "../../handoff/provider.ts";
import type { AccessGrant } from "../../identity/access-tokens.ts";
import type { Connector, Connectors } from "../../identity/connectors.ts";
import type { OperatorKey } from "../../identity/operators.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Logger } from "../../logger.ts";
import type { SessionService } from "../../session/service.ts";
import type { WebFiles } from "./web-files.ts";

/** What the HTTP half of the gateway is made of. */
export interface HttpDeps {
  connectors: Connectors<Connector>;
  accessTokens: Tokens;
  /** The operators' keys as they are now: asked at each request, so that a key that was removed is of no use any more. */
  operatorKeys: () => Promise<readonly OperatorKey[]>;
  sessions: SessionService;
  handoffs: {
    /** The way in for programs that take conversations over. */
    door: HandoffDoor;
    /** Whether there can be handoffs of this name. */
    hasQueue(name: string): boolean;
  };
  /** Read for operators: sessions of any age, and their events. */
  journal: Journal;
  /** Why the server is not ready, in words without secrets; null when it is. */
  health: () => string | null;
  /** What the world calls this server; null where it is not configured. */
  publicUrl: string | null;
  /** The HTTP side of the desk, for `/desk/api`. Null where there is no desk. */
  desk: Hono<DeskEnv> | null;
  /** What only builders need: the playground at `/`, every frame in sight, faults on demand. Null outside development. */
  workbench: Workbench | null;
  /** What everybody may know of a connector's widget, by its id. */
  widgetOf: (connector: string) => PublicConfig;
  /** The built pages: the widget, and what other pages load. */
  web: WebFiles;
  clock: Clock;
  /** A new UUID v4. */
  newId: () => string;
  logger: Logger;
}

export interface HttpEnv {
  /** What `@hono/node-server` hands in; absent where a request is tested without a server. */
  Bindings: { incoming?: Pick<IncomingMessage, "socket"> & Partial<Pick<IncomingMessage, "complete">> };
  Variables: {
    correlationId: string;
    /** What the client is told when the server itself fails. */
    failure?: HttpFault;
    /** Who asks, once the access token has been checked. */
    access: { grant: AccessGrant; connector: Connector };
  };
}

export type HttpContext = Context<HttpEnv>;
