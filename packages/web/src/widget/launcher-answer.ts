import { ar } from "../shared/i18n/ar.ts";
import { de } from "../shared/i18n/de.ts";
import { type Catalogue, en } from "../shared/i18n/en.ts";
import { es } from "../shared/i18n/es.ts";
import { fr } from "../shared/i18n/fr.ts";
import { ja } from "../shared/i18n/ja.ts";
import { type Locale, localeOf } from "../shared/i18n/locales.ts";
import { pt } from "../shared/i18n/pt.ts";
import { palette, parse } from "../shared/palette.ts";
import type { Position, RenderMode, Theme } from "./api.ts";
import { LAUNCHER_KEYS, type LauncherAnswer, type LauncherTexts, type PublicConfig } from "./config.ts";

const CATALOGUES: Readonly<Record<Locale, Catalogue>> = { en, de, fr, es, pt, ja, ar };

/** Every key of the catalogue, for whoever reads a configuration. */
export const TEXT_KEYS = Object.keys(en) as (keyof Catalogue)[];

/** How much of an attribute's text is used, characters. */
const MAX_TEXT = 200;

/**
 * What a loader is told: the connector's settings with the attributes of its element in their place. It is worked out here,
 * on the server, so that every page need not load how. An attribute that makes no sense counts as absent.
 * @param attributes as a browser's `dataset` names them; `locales` are the tags the user reads, the best first
 * @param css the launcher's style
 */
export function launcherAnswer(
  settings: PublicConfig,
  attributes: Readonly<Record<string, string | undefined>>,
  css: string,
): Omit<LauncherAnswer, "integrity"> {
  const { version, title, subtitle, logoUrl, sound } = settings;
  const color = parse(attributes.color ?? "") ? (attributes.color ?? "") : settings.color;
  const locales = [attributes.locale, ...(attributes.locales ?? "").split(",")];
  const text = (name: string, otherwise: string) => attributes[name]?.trim().slice(0, MAX_TEXT) ?? otherwise;
  return {
    config: {
      version,
      platform: text("platform", "") || "web",
      renderMode: oneOf<RenderMode>(attributes.renderMode, ["default", "fullscreen"], "default"),
      autoOpen: isOn(attributes.autoOpen, false),
      showIcon: isOn(attributes.showIcon, true),
      showHeader: isOn(attributes.showHeader, true),
      locale: locales.find((tag) => tag?.trim())?.trim() ?? "en",
      theme: oneOf<Theme>(attributes.theme, ["light", "dark", "system"], settings.theme),
      position: oneOf<Position>(attributes.position, ["left", "right"], settings.position),
      color,
      title: text("title", title),
      subtitle: text("subtitle", subtitle),
      logoUrl: text("logoUrl", logoUrl),
      sound: isOn(attributes.sound, sound),
    },
    texts: launcherTexts(localeOf(locales) ?? "en", settings),
    css: `:host{${print(palette(color))}}${css}`,
  };
}

function launcherTexts(locale: Locale, { texts }: PublicConfig): LauncherTexts {
  const words = { ...CATALOGUES[locale], ...texts["*"], ...texts[locale] };
  return Object.fromEntries(LAUNCHER_KEYS.map((key) => [key, words[key]])) as LauncherTexts;
}

/** An attribute that is there and does not say no. */
const isOn = (value: string | undefined, otherwise: boolean): boolean =>
  value === undefined ? otherwise : !/^(false|0|no|off)$/i.test(value.trim());

const oneOf = <Value extends string>(
  value: string | undefined,
  values: readonly Value[],
  otherwise: Value,
): Value => values.find((one) => one === value?.trim().toLowerCase()) ?? otherwise;

const print = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}:${value}`)
    .join(";");
