/** How the widget is shown: the attributes of its script [docs/widget.md]. An empty text is the default. */
export interface Look {
  readonly "data-position": string;
  readonly "data-theme": string;
  readonly "data-locale": string;
  readonly "data-render-mode": string;
  readonly "data-show-icon": string;
  readonly "data-show-header": string;
  readonly "data-auto-open": string;
}

export const DEFAULT_LOOK: Look = {
  "data-position": "",
  "data-theme": "",
  "data-locale": "",
  "data-render-mode": "",
  "data-show-icon": "",
  "data-show-header": "",
  "data-auto-open": "true",
};

export const ATTRIBUTES = Object.keys(DEFAULT_LOOK) as (keyof Look)[];

/** The line that a page embeds it by. */
export function scriptTag(origin: string, token: string, look: Look): string {
  const given = ATTRIBUTES.filter((name) => look[name] !== "").map((name) => ` ${name}="${look[name]}"`);
  return `<script src="${origin}/widget/${token}.js"${given.join("")} async></script>`;
}

/** Where the stage shows it so. */
export function stageUrl(token: string, look: Look): string {
  const query = new URLSearchParams({ token });
  for (const name of ATTRIBUTES) if (look[name] !== "") query.set(name, look[name]);
  return `/playground/stage?${query}`;
}
