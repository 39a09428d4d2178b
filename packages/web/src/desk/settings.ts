import { showTheme, THEMES, type Theme } from "../shared/theme.ts";
import { isRecord, kept } from "./kept.ts";

/** What a person has chosen in this browser. */
export interface Settings {
  readonly theme: Theme;
  /** A sound with offers and messages. */
  readonly hasSound: boolean;
  /** Notifications of the browser, where it allows them. */
  readonly hasNotifications: boolean;
  /** `?` alone opens the help: a single character can be in the way of who speaks to their computer [WCAG 2.2, 2.1.4]. */
  readonly hasHelpKey: boolean;
}

const DEFAULTS: Settings = { theme: "system", hasSound: true, hasNotifications: false, hasHelpKey: true };

const store = kept<Settings>(
  "parley.desk.settings",
  DEFAULTS,
  (value): value is Settings => isRecord(value) && THEMES.includes(value.theme as Theme),
  () => localStorage,
);

export const settings = (): Settings => ({ ...DEFAULTS, ...store.read() });

export function change(changes: Partial<Settings>): Settings {
  store.write({ ...settings(), ...changes });
  applyTheme();
  return settings();
}

/** Shows the page as it was chosen. */
export const applyTheme = (): void => showTheme(settings().theme);
