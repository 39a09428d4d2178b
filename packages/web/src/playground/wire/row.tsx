import { memo } from "../../shared/memo.ts";
import type { Entry } from "./entries.ts";
import { ROW_HEIGHT } from "./virtual-list.tsx";

const ARROWS = { up: "↑", down: "↓", none: "•" } as const;
const WAYS = { up: "from the client", down: "from the server", none: "" } as const;

interface RowProps {
  entry: Entry;
  /** The row above it. */
  before: Entry | undefined;
  position: number;
  count: number;
  isSelected: boolean;
  isShowingSession: boolean;
  onSelect: (entry: Entry | null) => void;
}

export const Row = memo(function Row(props: RowProps) {
  const { entry, before, position, count, isSelected, isShowingSession, onSelect } = props;
  const { direction, hint, isBad, key, record, sequence, type } = entry;
  const look = record.kind === "frame" ? direction : record.kind;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    <div
      id={`row-${key}`}
      class={`row ${look}${isBad ? " bad" : ""}`}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={position + 1}
      style={{ top: `${position * ROW_HEIGHT}px` }}
      onClick={() => onSelect(isSelected ? null : entry)}
    >
      <time>{timeOf(record.at)}</time>
      <span class="delta">{before === undefined ? "" : deltaOf(record.at - before.record.at)}</span>
      <span class="arrow" aria-hidden="true">
        {ARROWS[direction]}
      </span>
      <span class="sr-only">{WAYS[direction]}</span>
      <span class="type">{type}</span>
      <span class="seq">{sequence}</span>
      <span class="hint">{hint}</span>
      {isShowingSession && <span class="of">{record.session?.slice(0, 4) ?? ""}</span>}
      <span class="conn">{record.connection === null ? "" : `#${record.connection}`}</span>
    </div>
  );
});

/** Hours to milliseconds, local. */
function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => `${value}`.padStart(2, "0");
  const ms = `${date.getMilliseconds()}`.padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** How long after the row above. */
function deltaOf(ms: number): string {
  if (ms < 1_000) return `+${ms}`;
  if (ms < 60_000) return `+${(ms / 1_000).toFixed(1)}s`;
  return `+${Math.round(ms / 60_000)}m`;
}
