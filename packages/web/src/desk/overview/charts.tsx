import type { DeskToday, Outcome } from "../wire.ts";

/** Drawing units. */
const WIDTH = 480;
const HEIGHT = 132;
const FOOT = 18;

const hourOf = (at: number): string =>
  new Date(at).toLocaleTimeString(navigator.language, { hour: "numeric" });

/** Handoffs by the hour: asked for, and of those the ones that nobody took. */
export function HoursChart({ hours }: { hours: DeskToday["hours"] }) {
  const most = Math.max(4, ...hours.map(({ requested }) => requested));
  const step = WIDTH / 24;
  const scale = (count: number) => (count / most) * (HEIGHT - FOOT - 14);
  const total = hours.reduce((sum, { requested }) => sum + requested, 0);
  const lost = hours.reduce((sum, hour) => sum + hour.lost, 0);
  const lines = [most, Math.round(most / 2)];
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Handoffs by the hour: ${total} asked for, ${lost} of them lost`}
    >
      {lines.map((count) => (
        <g key={count}>
          <line
            x1="0"
            x2={WIDTH}
            y1={HEIGHT - FOOT - scale(count)}
            y2={HEIGHT - FOOT - scale(count)}
            class="grid"
          />
          <text x={WIDTH} y={HEIGHT - FOOT - scale(count) - 3} class="tick end">
            {count}
          </text>
        </g>
      ))}
      <line x1="0" x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} class="base" />
      {hours.map(({ from, requested, lost: gone }, index) => (
        <g key={from}>
          <title>{`${hourOf(from)}: ${requested} asked for, ${gone} lost`}</title>
          <rect x={index * step} y="0" width={step} height={HEIGHT - FOOT} class="hit" />
          <rect
            x={index * step + 3}
            y={HEIGHT - FOOT - scale(requested)}
            width={step - 6}
            height={scale(requested)}
            rx="2"
            class="bar"
          />
          {gone > 0 && (
            <rect
              x={index * step + 3}
              y={HEIGHT - FOOT - scale(gone)}
              width={step - 6}
              height={scale(gone)}
              rx="2"
              class="bar lost"
            />
          )}
        </g>
      ))}
      {[0, 6, 12, 18].map((hour) => (
        <text key={hour} x={hour * step + 3} y={HEIGHT - 4} class="tick">
          {hourOf((hours[0]?.from ?? 0) + hour * 3_600_000)}
        </text>
      ))}
    </svg>
  );
}

/** How handoffs end, in the order in which they are good news. */
const OUTCOMES: readonly { outcome: Outcome; name: string }[] = [
  { outcome: "completed", name: "Ended by the person" },
  { outcome: "returned", name: "Given back" },
  { outcome: "user_ended", name: "Ended by the user" },
  { outcome: "user_abandoned", name: "User gone" },
  { outcome: "timed_out", name: "Waited too long" },
  { outcome: "failed", name: "Nobody there" },
];

/** Bars of their own, each with its name and number: no colour has to be told from another. */
export function OutcomesChart({ outcomes }: { outcomes: DeskToday["outcomes"] }) {
  const most = Math.max(1, ...Object.values(outcomes));
  return (
    <ul class="outcomes">
      {OUTCOMES.map(({ outcome, name }) => (
        <li key={outcome}>
          <span>{name}</span>
          <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect width="100" height="8" class="track" />
            <rect
              width={(outcomes[outcome] / most) * 100}
              height="8"
              class={outcome === "failed" || outcome === "timed_out" ? "bar lost" : "bar"}
            />
          </svg>
          <b>{outcomes[outcome]}</b>
        </li>
      ))}
    </ul>
  );
}
