import type { Overrides } from "../shared/i18n/en.ts";
import type { Position, Theme, WebchatConfig } from "./api.ts";

/** What everybody may know of a connector's widget. The server makes it from its configuration. */
export interface PublicConfig {
  readonly version: string;
  /** Empty: the agent's name. */
  readonly title: string;
  readonly subtitle: string;
  readonly logoUrl: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly position: Position;
  readonly theme: Theme;
  readonly sound: boolean;
  readonly texts: Overrides;
  /** Null where the chat begins without one. */
  readonly disclaimer: Disclaimer | null;
  /** The connector has context keys. */
  readonly verifiedContext: boolean;
}

/** What a user agrees to before the chat. */
export interface Disclaimer {
  /** Of the text, as it is recorded with the session. */
  readonly version: string;
  /** Markdown, by language; `*` for every other language. */
  readonly text: Readonly<Record<string, string>>;
}

/** The texts of the catalogue that are read before the panel is loaded. */
export const LAUNCHER_KEYS = ["title", "openChat", "closeChat", "unread", "close"] as const;

export type LauncherTexts = Readonly<Record<(typeof LAUNCHER_KEYS)[number], string>>;

/** `GET /widget/{token}.json`, with the attributes of the script's element as its query. */
export interface LauncherAnswer {
  /** All but what the loader knows itself. */
  readonly config: Omit<WebchatConfig, "token" | "url">;
  readonly texts: LauncherTexts;
  /** For the shadow root, the connector's colours in it. */
  readonly css: string;
  /** Of this version's loader, for pages that pin it [Subresource Integrity]. */
  readonly integrity: string;
}
