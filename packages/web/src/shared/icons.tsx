/** The strokes of each icon on a field of 24 by 24. */
const PATHS = {
  send: "M5 12h13M12.5 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  phone:
    "M6.6 3.5h2.9l1.6 4.3-2 1.5a12.4 12.4 0 0 0 5.6 5.6l1.5-2 4.3 1.6v2.9a2.1 2.1 0 0 1-2.3 2.1A17.3 17.3 0 0 1 4.5 5.8a2.1 2.1 0 0 1 2.1-2.3z",
  alert:
    "M12 8.5v4.5M12 16.6v.01M10.4 4.2 2.8 17.4A1.9 1.9 0 0 0 4.4 20.2h15.2a1.9 1.9 0 0 0 1.6-2.8L13.6 4.2a1.8 1.8 0 0 0-3.2 0z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  restart: "M4 5v5h5M4.6 10a8 8 0 1 1-.5 4",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
  mute: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16.5 9.5l5 5M21.5 9.5l-5 5",
  end: "M9 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20H9M14 8l4 4-4 4M18 12H9",
  retry: "M20 5v5h-5M19.4 10a8 8 0 1 0 .5 4",
  external:
    "M14 5h5v5M19 5l-8 8M17 14v3.5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 5 17.5v-9A1.5 1.5 0 0 1 6.5 7H10",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chat: "M4.5 18.5v-11A2.5 2.5 0 0 1 7 5h10a2.5 2.5 0 0 1 2.5 2.5v6A2.5 2.5 0 0 1 17 16H8z",
} as const;

export type IconName = keyof typeof PATHS;

/** Which of them point along the line of text, and turn round with it. */
const DIRECTED: readonly IconName[] = ["send", "end", "external"];

/** Beside a text or within a labelled control: it says nothing of its own. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class={`icon icon-${name}${DIRECTED.includes(name) ? " directed" : ""}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
