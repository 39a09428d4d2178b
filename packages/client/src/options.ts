import { type Clock, systemClock } from "./clock.ts";
import { page } from "./page.ts";
import { defaultStorage, type ParleyStorage } from "./storage.ts";
import { TIMINGS, type Timings } from "./timings.ts";

/** What an access token is wanted for. */
export interface TokenRequest {
  /**
   * The value of the header `X-Resume` with which the token must be asked for, or null for a new session: only then
   * does the token belong to the session's user.
   */
  resume: string | null;
  /** Ends when nobody waits for the token any more. */
  signal: AbortSignal;
}

/**
 * Asks the application's own backend for an access token, so that the connector token stays there. Called whenever one is
 * needed: before a session, before a reconnect once the last is about to expire, and when upgrades fail without a reason.
 * Resolves with null where the server answered that the session cannot be resumed (401 `Failed to resume session`).
 * May throw a `ParleyError` to say whether trying again makes sense; anything else counts as passing.
 */
export type GetToken = (request: TokenRequest) => Promise<string | null>;

export type Credentials =
  | { getToken: GetToken; connectorToken?: never; host?: never }
  | {
      getToken?: never;
      /** Sent as `X-Token`. Whoever sees the page sees it. */
      connectorToken: string;
      /** Sent as `X-Host`: a domain or an app id that the connector lists. Default: the page's own host name. */
      host?: string;
    };

/** What a session is created with [protocol section 1]. */
export interface SessionOptions {
  /** Whether answers come in pieces as they are made. Default true. */
  streaming?: boolean;
  /** Default `web` in a browser, else `custom`. */
  platform?: string;
  deviceType?: string;
  /** BCP-47. Default: none. */
  locale?: string;
  /** What the client claims about itself: at most 50 keys and 4 KB. */
  attributes?: Record<string, string | number | boolean>;
}

/** What is used of a `WebSocket`: the browsers', Node's and the package `ws` have it. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the client needs of the world around it; tests, and other runtimes, hand in their own. */
export interface Environment {
  fetch: typeof fetch;
  WebSocket: new (url: string) => Socket;
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  timings: Timings;
  /** Calls back when a lost connection may come back, or an open one may be dead. @returns what stops that */
  onWake: (callback: () => void) => () => void;
}

export type ConnectionOptions = Credentials &
  SessionOptions & {
    /** Where the server is, for example `https://chat.example.com`. A path in front of the server's own is kept. */
    url: string | URL;
    /** Default: `localStorage`, else `sessionStorage`, else memory. */
    storage?: ParleyStorage;
    /** Under which name it is remembered; two conversations on one page need two. Default `parley`. */
    storageKey?: string;
    /**
     * Where the first connect of a remembered session reads on: from the `start` of its history, or behind what was
     * last seen by this `cursor`. Default `start`, which is what a user interface needs.
     */
    resumeFrom?: "start" | "cursor";
    /** Ask the agent to join where nobody has. Default true. */
    join?: boolean;
    /** Reconnects in a row until it gives up, `Infinity` for never. Default: what the server names, 20. */
    maxReconnects?: number;
    environment?: Partial<Environment>;
  };

/** The options with every default. */
export type Settings = ConnectionOptions &
  Required<Pick<ConnectionOptions, "storage" | "storageKey" | "join">> & {
    url: URL;
    environment: Environment;
  };

/** An option that is `undefined` is not there. @throws TypeError where the URL is none, or credentials are missing */
export function resolveOptions(options: ConnectionOptions): Settings {
  const url = new URL(options.url);
  if (!/^http/.test(url.protocol)) throw new TypeError(`url must be http or https, not ${url.protocol}`);
  if (!options.connectorToken && !options.getToken)
    throw new TypeError("connectorToken or getToken is missing");
  return {
    ...options,
    streaming: options.streaming ?? true,
    platform: options.platform ?? (page ? "web" : "custom"),
    storageKey: options.storageKey ?? "parley",
    join: options.join ?? true,
    storage: options.storage ?? defaultStorage(),
    url,
    environment: {
      fetch: (...request) => fetch(...request),
      WebSocket: globalThis.WebSocket as unknown as Environment["WebSocket"],
      clock: systemClock,
      random: Math.random,
      timings: TIMINGS,
      onWake: onBrowserWake,
      ...options.environment,
    },
  };
}

/** The network is back or gone, somebody looks at the page again, or it was thawed. */
function onBrowserWake(callback: () => void): () => void {
  // Some of these are events of the document, and not all of them rise to the window: it catches them on their way.
  const types = ["online", "offline", "pageshow", "resume", "visibilitychange"];
  for (const type of types) page?.addEventListener(type, callback, true);
  return () => {
    for (const type of types) page?.removeEventListener(type, callback, true);
  };
}
