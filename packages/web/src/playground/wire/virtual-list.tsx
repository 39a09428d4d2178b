import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "./entries.ts";
import { Row } from "./row.tsx";

/** The height of a row; wire.css has it too. Pixels. */
export const ROW_HEIGHT = 26;
/** Rows that are drawn beyond the edge, so that scrolling shows no gap. */
const OVERSCAN = 8;
/** Pixels from the end within which somebody reads the newest. */
const NEAR = 2 * ROW_HEIGHT;

export interface VirtualListProps {
  entries: readonly Entry[];
  /** The key of the chosen row, or null. */
  selected: number | null;
  onSelect: (entry: Entry | null) => void;
  isShowingSession: boolean;
}

/** Rows of which only those in sight are drawn: ten thousand cost what fifty cost. It keeps its end in sight. */
export function VirtualList({ entries, selected, onSelect, isShowingSession }: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const index = selected === null ? -1 : entries.findIndex(({ key }) => key === selected);

  const toEnd = () => {
    const node = scroller.current;
    if (node) node.scrollTop = node.scrollHeight;
  };
  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const observer = new ResizeObserver(() => {
      setHeight(node.clientHeight);
      if (isFollowing.current) toEnd();
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (isFollowing.current) toEnd();
  }, [entries]);
  useLayoutEffect(() => {
    const node = scroller.current;
    if (!node || index < 0) return;
    const start = index * ROW_HEIGHT;
    if (start < node.scrollTop) node.scrollTop = start;
    else if (start + ROW_HEIGHT > node.scrollTop + node.clientHeight)
      node.scrollTop = start + ROW_HEIGHT - node.clientHeight;
  }, [selected, height]);

  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(entries.length, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN);
  const choose = (at: number) => {
    const entry = entries[Math.max(0, Math.min(entries.length - 1, at))];
    if (entry === undefined) return;
    isFollowing.current = false;
    onSelect(entry);
  };
  const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => choose(index < 0 ? entries.length - 1 : index + 1),
    ArrowUp: () => choose(index < 0 ? entries.length - 1 : index - 1),
    PageDown: () => choose(index + page),
    PageUp: () => choose(index < 0 ? entries.length - page : index - page),
    Home: () => choose(0),
    End: () => choose(entries.length - 1),
    Escape: () => onSelect(null),
  };
  return (
    <div class="wire-list">
      <div
        ref={scroller}
        class="wire-scroller"
        role="listbox"
        aria-label="Frames, oldest first"
        aria-activedescendant={index < 0 ? undefined : `row-${selected}`}
        tabIndex={0}
        onScroll={({ currentTarget: node }) => {
          setTop(node.scrollTop);
          isFollowing.current = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
          setIsAtEnd(isFollowing.current);
        }}
        onKeyDown={(event) => {
          const move = moves[event.key];
          if (move === undefined) return;
          event.preventDefault();
          move();
        }}
      >
        <div class="wire-rows" role="presentation" style={{ height: `${entries.length * ROW_HEIGHT}px` }}>
          {entries.slice(first, last).map((entry, offset) => (
            <Row
              key={entry.key}
              entry={entry}
              before={entries[first + offset - 1]}
              position={first + offset}
              count={entries.length}
              isSelected={entry.key === selected}
              isShowingSession={isShowingSession}
              onSelect={onSelect}
            />
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          class="tool newest"
          onClick={() => {
            isFollowing.current = true;
            toEnd();
          }}
        >
          ↓ Newest
        </button>
      )}
    </div>
  );
}
