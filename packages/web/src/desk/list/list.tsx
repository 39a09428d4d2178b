import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useDesk } from "../use-desk.ts";
import { ConversationRow } from "./row.tsx";
import { HEIGHTS, inSight, offsetsOf, type Row } from "./rows.ts";

/** Only what is in sight is drawn: five hundred conversations cost what twenty cost. */
export function List({ rows, onSelect }: { rows: readonly Row[]; onSelect: (handoff: string) => void }) {
  const { lists, me, reads, selected, skew } = useDesk();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(700);
  /** Where the arrow keys are. */
  const [active, setActive] = useState<string | null>(null);
  const hasFocus = useRef(false);
  const offsets = useMemo(() => offsetsOf(rows), [rows]);
  const stops = useMemo(
    () => rows.flatMap((row, index) => (row.kind === "conversation" ? [index] : [])),
    [rows],
  );
  const indexOf = (id: string | null) =>
    rows.findIndex((row) => row.kind === "conversation" && row.id === id);
  const at = [indexOf(active), indexOf(selected), stops[0] ?? -1].find((index) => index >= 0) ?? -1;

  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const observer = new ResizeObserver(() => setHeight(node.clientHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  const reveal = (index: number) => {
    const node = scroller.current;
    if (!node || index < 0) return;
    const start = offsets[index] ?? 0;
    const end = offsets[index + 1] ?? start;
    if (start - HEIGHTS.head < node.scrollTop) node.scrollTop = start - HEIGHTS.head;
    else if (end > node.scrollTop + node.clientHeight) node.scrollTop = end - node.clientHeight;
  };
  useLayoutEffect(() => {
    setActive(selected);
    reveal(indexOf(selected));
  }, [selected]);
  useLayoutEffect(() => {
    if (!hasFocus.current) return;
    reveal(at);
    scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [active]);

  const { from, to } = inSight(offsets, top, height);
  // The row of the focus stays, wherever the list is scrolled to.
  const drawn = rows.flatMap((row, index) =>
    index === at || (index >= from && index < to) ? [{ row, index }] : [],
  );
  const move = (by: number) => {
    const place = stops.indexOf(at);
    const row = rows[stops[Math.max(0, Math.min(stops.length - 1, place + by))] ?? -1];
    if (row !== undefined) setActive(row.id);
  };
  const page = Math.max(1, Math.floor(height / HEIGHTS.conversation) - 1);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -rows.length,
    End: rows.length,
  };
  return (
    <div
      ref={scroller}
      class="list-scroller"
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onFocusCapture={() => {
        hasFocus.current = true;
      }}
      onBlurCapture={() => {
        hasFocus.current = false;
      }}
    >
      <ul
        class="rows"
        style={{ height: `${offsets.at(-1) ?? 0}px` }}
        onKeyDown={(event) => {
          const by = moves[event.key];
          if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          move(by);
        }}
      >
        {drawn.map(({ row, index }) => {
          const style = { transform: `translateY(${offsets[index]}px)` };
          if (row.kind === "head") {
            return (
              <li key={`head ${row.id}`} class="row-head" style={style}>
                <h2>{row.title}</h2>
                <span class="quiet">{row.count}</span>
              </li>
            );
          }
          return (
            <li
              key={row.id}
              class="row"
              style={style}
              aria-setsize={stops.length}
              aria-posinset={stops.indexOf(index) + 1}
            >
              <ConversationRow
                conversation={row.conversation}
                isNext={row.isNext}
                isSelected={row.id === selected}
                isStop={index === at}
                read={reads[row.id] ?? 0}
                me={me.id}
                who={
                  row.conversation.person === null
                    ? null
                    : (lists.people.get(row.conversation.person)?.name ?? null)
                }
                skew={skew}
                onSelect={onSelect}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
