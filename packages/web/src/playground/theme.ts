export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "parley.playground.theme";

/** What was chosen in this browser; the system's where nothing was, or nothing may be remembered. */
export function rememberedTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

/** Shows the page in a theme, and remembers it where one is given. */
export function applyTheme(theme?: Theme): void {
  const { dataset } = document.documentElement;
  const chosen = theme ?? rememberedTheme();
  if (chosen === "system") delete dataset.theme;
  else dataset.theme = chosen;
  if (theme === undefined) return;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Shown for as long as the page is open.
  }
}
