import { showTheme, THEMES, type Theme } from "../shared/theme.ts";

const KEY = "parley.playground.theme";

/** What was chosen in this browser; the system's where nothing was, or nothing may be remembered. */
export function rememberedTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

/** Shows the page in a theme, and remembers it. */
export function chooseTheme(theme: Theme): void {
  showTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Shown for as long as the page is open.
  }
}
