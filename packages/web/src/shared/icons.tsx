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
  back: "M19 12H5M11 6l-6 6 6 6",
  giveBack: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6",
  transfer: "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
  note: "M5 4.5h14v10l-5 5H5zM14 19.5v-5h5M8.5 9h7M8.5 12.5h4",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3 20.5 20.5",
  card: "M3.5 5.5h17v13h-17zM3.5 14l4.5-4 4 3.5 3-2.5 5.5 4.5",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.6v.01",
  verified: "M12 3l7 2.5v6c0 4.5-3 7.7-7 9.5-4-1.8-7-5-7-9.5v-6zM8.8 12l2.3 2.3 4.2-4.4",
  chart: "M4 20h16M7 16.5v-5M12 16.5v-10M17 16.5v-7",
  keyboard: "M3 6.5h18v11H3zM7 10h.01M10.5 10h.01M14 10h.01M17.5 10h.01M8 14h8",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
  theme: "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17",
  slash: "M15.5 4.5l-7 15",
  people:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3.4 3.2-5.3 6.5-5.3s5.9 1.9 6.5 5.3M16 5a3.3 3.3 0 0 1 0 6.3M18 14.6c1.9.7 3.1 2.4 3.5 4.9",
  plus: "M12 5v14M5 12h14",
} as const;

export type IconName = keyof typeof PATHS;

/** Which of them point along the line of text, and turn round with it. */
const DIRECTED: readonly IconName[] = ["send", "end", "external", "back", "giveBack"];

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
