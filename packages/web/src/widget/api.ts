/**
 * What a page can ask of the widget, and what it is told: `window.WebchatAPI` [docs/widget.md]. Types alone, for pages
 * written in TypeScript: `import type { WebchatAPI } from "@parley/web/widget"`.
 */

/** Flat values that the page claims about its user or itself. Never mixed with verified context. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type Theme = "light" | "dark" | "system";
export type Position = "left" | "right";
export type RenderMode = "default" | "fullscreen";

/** How the widget looks and behaves, as the server's configuration, the script's attributes and later calls say. */
export interface WebchatConfig {
  /** Of the server that answers. */
  readonly version: string;
  /** The connector token of the script's address. */
  readonly token: string;
  /** Where the server is. */
  readonly url: string;
  readonly platform: string;
  readonly renderMode: RenderMode;
  readonly autoOpen: boolean;
  readonly showIcon: boolean;
  readonly showHeader: boolean;
  /** BCP-47: what was asked for, by attribute or `setLocale`; else the page's, or the browser's. */
  readonly locale: string;
  readonly theme: Theme;
  readonly position: Position;
  /** `#rrggbb`. */
  readonly color: string;
  /** Empty: the agent's name. */
  readonly title: string;
  readonly subtitle: string;
  readonly logoUrl: string;
  readonly sound: boolean;
}

export interface IconAnimation {
  /** Default `bounce`. */
  type?: "bounce" | "grow" | "pulse";
  /** Milliseconds, 1,000 by default. */
  durationMs?: number;
}

export interface BubbleOptions {
  /** Milliseconds until it goes by itself; without it, it stays until it is dismissed or the chat is opened. */
  durationMs?: number;
}

export interface SentMessage {
  readonly id: string;
  readonly text: string;
}

export interface ReceivedMessage {
  readonly id: string;
  /** Markdown. */
  readonly text: string;
  readonly author: "agent" | "person";
  readonly name: string;
}

export interface SessionEnded {
  readonly sessionId: string;
  readonly reason: "REASON_USER_END" | "REASON_USER_ABANDONED" | "REASON_NATURAL_END";
}

/** What a context token must be made for: `contextId` is its `sub` [protocol section 8]. */
export interface ContextRequest {
  readonly sessionId: string;
  readonly contextId: string;
}

/** Why no context was set. */
export type ContextFailure =
  /** Nothing is registered with `onContextRequired`. */
  | "no_handler"
  /** The handler took longer than 4 s. */
  | "timeout"
  /** The handler threw, or its promise was rejected. */
  | "handler_failed"
  /** The handler gave something else than a text that is not empty. */
  | "no_token"
  /** The server refused the token; `message` says which rule it broke. */
  | "refused"
  /** The server could not be reached. */
  | "network"
  /** There is no conversation, or its connector has no context keys. */
  | "not_applicable";

export type ContextOutcome =
  | { readonly ok: true; readonly sessionId: string }
  | {
      readonly ok: false;
      readonly sessionId: string | null;
      readonly reason: ContextFailure;
      readonly message: string;
    };

/** What a promise of this API is rejected with, and what `onError` is told. `code` is stable. */
export interface WebchatError extends Error {
  readonly name: "WebchatError";
  /**
   * One of the client's codes (docs/client.md), or: `invalid_argument`, `consent_required` (the user has not agreed to the
   * disclaimer), `no_session` (there is no conversation to end), `unavailable` (the panel did not load), `destroyed`.
   */
  readonly code: string;
}

/** The events, by the method that listens to each. */
export interface WebchatEvents {
  /** The widget is there, and its launcher shown. Told at once where that has already happened. */
  onReady: undefined;
  onOpen: undefined;
  onClosed: undefined;
  /** The server has a message of the user's. */
  onMessageSent: SentMessage;
  /** A message of an agent or a person is whole. */
  onMessageReceived: ReceivedMessage;
  onSessionEnded: SessionEnded;
  onError: WebchatError;
  onContextSet: Extract<ContextOutcome, { ok: true }>;
  onContextFailed: Extract<ContextOutcome, { ok: false }>;
}

type Listeners = {
  [Name in keyof WebchatEvents]: (handler: (event: WebchatEvents[Name]) => void) => void;
};

export interface WebchatAPI extends Listeners {
  openWidget(): Promise<void>;
  closeWidget(): Promise<void>;
  showIcon(): Promise<void>;
  hideIcon(): Promise<void>;
  /** Draws the eye to the launcher. Resolves when it is over; at once where the user prefers less motion. */
  animateIcon(animation?: IconAnimation): Promise<void>;
  /** A line beside the launcher, which opens the chat. An empty text takes it away. */
  showBubble(text: string, options?: BubbleOptions): Promise<void>;
  /**
   * Says something as the user would; the conversation begins where there is none.
   * Resolves when the server has it. Rejected as `consent_required` before the user has agreed to the disclaimer.
   */
  sendMessage(text: string): Promise<SentMessage>;
  /** Ends the conversation. Resolves when the server has ended it; rejected as `no_session` where none runs. */
  endSession(): Promise<void>;
  /** Leaves this conversation for a new one. Resolves when the server has made it. */
  startNewSession(): Promise<{ sessionId: string }>;
  /** @param locale BCP-47; another language than the catalogue's keeps what is shown, and is told to the next session */
  setLocale(locale: string): Promise<void>;
  /**
   * Says who the user is: kept with the session as attributes `user_…`. In a conversation that runs it goes with the next
   * message. Claims: for what must be true use verified context.
   */
  identifyUser(user: Attributes): Promise<void>;
  /** Says something about the page or the user: kept like `identifyUser`, under the names given. */
  setContext(attributes: Attributes): Promise<void>;
  getConfig(): WebchatConfig;
  /** Whether the panel fills the window: by its render mode, or as it does on a phone. */
  isFullscreen(): boolean;
  /**
   * Takes handlers away: one everywhere, all of an event, or one of an event.
   * @param name of the method it was registered with, `onContextRequired` included
   */
  off(handler: (event: never) => unknown): void;
  off(name: keyof WebchatEvents | "onContextRequired", handler?: (event: never) => unknown): void;
  /** Takes the widget off the page. The conversation stays, and goes on when the script runs again. */
  destroy(): Promise<void>;
  /**
   * Asked for a context token when a conversation begins; 4 s later it begins without one. The last handler counts.
   */
  onContextRequired(handler: (request: ContextRequest) => string | Promise<string>): void;
  /** Asks for another token, for example when the user has signed in. Never rejected: the outcome says what happened. */
  refreshVerifiedContext(): Promise<ContextOutcome>;
}

declare global {
  interface Window {
    WebchatAPI?: WebchatAPI;
  }
}
