import type { ComponentChildren } from "preact";

/** The first is a column of its own where there is room. */
const TABS = [
  ["widget", "Widget"],
  ["wire", "Wire"],
  ["messages", "Messages"],
  ["session", "Session"],
  ["turns", "Turns"],
  ["connect", "Connect"],
] as const;

export type TabId = (typeof TABS)[number][0];

export interface TabsProps {
  chosen: TabId;
  onChoose: (tab: TabId) => void;
  children: ComponentChildren;
}

/** What is seen of the server: one thing at a time. */
export function Tabs({ chosen, onChoose, children }: TabsProps) {
  const move = (event: KeyboardEvent, by: number) => {
    const list = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role="tab"]');
    const shown = [...list].filter((node) => node.offsetParent !== null);
    const at = shown.findIndex((node) => node.id === `tab-${chosen}`);
    const next = shown[(at + by + shown.length) % shown.length];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.id.slice("tab-".length) as TabId);
    next.focus();
  };
  return (
    <>
      <div
        class="tabs"
        role="tablist"
        aria-label="What is shown"
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") move(event, 1);
          if (event.key === "ArrowLeft") move(event, -1);
        }}
      >
        {TABS.map(([id, title]) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === chosen}
            aria-controls="shown"
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => onChoose(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="shown" class="shown" role="tabpanel" aria-labelledby={`tab-${chosen}`}>
        {children}
      </div>
    </>
  );
}
