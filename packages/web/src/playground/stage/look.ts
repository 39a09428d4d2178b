/** How the widget is shown: the attributes of its script [docs/widget.md]. An empty text is the default. */
export interface Look {
  readonly "data-position": string;
  readonly "data-theme": string;
  readonly "data-locale": string;
  readonly "data-render-mode": string;
  readonly "data-show-icon": string;
  readonly "data-show-header": string;
  readonly "data-auto-open": string;
  /** `#rrggbb`. */
  readonly "data-color": string;
  readonly "data-title": string;
  readonly "data-subtitle": string;
}

export const DEFAULT_LOOK: Look = {
  "data-position": "",
  "data-theme": "",
  "data-locale": "",
  "data-render-mode": "",
  "data-show-icon": "",
  "data-show-header": "",
  "data-auto-open": "true",
  "data-color": "",
  "data-title": "",
  "data-subtitle": "",
};

export const ATTRIBUTES = Object.keys(DEFAULT_LOOK) as (keyof Look)[];

/** The line that a page embeds it by. */
export function scriptTag(origin: string, token: string, look: Look): string {
  const given = ATTRIBUTES.filter((name) => look[name] !== "").map(
    (name) => ` ${name}="${look[name].replaceAll('"', "&quot;")}"`,
  );
  return `<script src="${origin}/widget/${token}.js"${given.join("")} async></script>`;
}

/** Where the stage shows it so. */
export function stageUrl(token: string, look: Look, loads: number): string {
  // With every load another address, so that a browser asks for the widget's settings anew.
  const query = new URLSearchParams({ token, loads: `${loads}` });
  for (const name of ATTRIBUTES) if (look[name] !== "") query.set(name, look[name]);
  return `/playground/stage?${query}`;
}

/** The keys of the connector's configuration that say the same for every page, or null where all is as it is. */
export function configOf(look: Look): string | null {
  const keys = ["color", "title", "subtitle", "position", "theme"] as const;
  const lines = keys
    .filter((key) => look[`data-${key}`] !== "")
    .map((key) => `  ${key}: ${JSON.stringify(look[`data-${key}`])},`);
  return lines.length === 0 ? null : ["widget: {", ...lines, "},"].join("\n");
}
