import "./wire.css";
import { useState } from "preact/hooks";
import { CopyButton } from "../copy.tsx";
import { Detail } from "./detail.tsx";
import type { Entry } from "./entries.ts";
import type { Feed } from "./feed.ts";
import { useSieve } from "./use-feed.ts";
import { VirtualList } from "./virtual-list.tsx";

export interface WirePanelProps {
  feed: Feed;
  newest: number;
  session: string | null;
  user: string | null;
  /** A message whose rows alone are shown, or null. */
  message: string | null;
  onMessage: (id: string | null) => void;
}

/** Every frame, both ways: a list to filter and search, and what is chosen of it. */
export function WirePanel({ feed, newest, session, user, message, onMessage }: WirePanelProps) {
  const [words, setWords] = useState("");
  const [isQuiet, setIsQuiet] = useState(false);
  const [clearedAt, setClearedAt] = useState(0);
  const [chosen, choose] = useState<Entry | null>(null);
  const shown = useSieve(feed, newest, { session, user, words, message, isQuiet, clearedAt });
  return (
    <div class="wire">
      <div class="toolbar">
        <input
          type="search"
          class="field grow"
          placeholder="Filter: chunk -heartbeat"
          aria-label="Filter the wire; a minus leaves a word out"
          autocomplete="off"
          spellcheck={false}
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={isQuiet}
            onChange={({ currentTarget }) => setIsQuiet(currentTarget.checked)}
          />
          Quiet
        </label>
        <span class="quiet count" role="status">
          {shown.length.toLocaleString("en")} rows
        </span>
        <CopyButton label="Copy these rows as JSON lines" text={() => linesOf(shown)} />
        <button type="button" class="tool" onClick={() => setClearedAt(feed.newest)}>
          Clear
        </button>
      </div>
      {message !== null && (
        <p class="notice-bar">
          <span>
            Rows of message <code>{message.slice(0, 8)}</code>
          </span>
          <button type="button" class="tool" onClick={() => onMessage(null)}>
            Show all
          </button>
        </p>
      )}
      {shown.length === 0 ? (
        <p class="empty">
          {words || message
            ? "Nothing matches."
            : "Every frame between a client and this server shows up here, whatever the client and wherever it runs."}
        </p>
      ) : (
        <VirtualList
          entries={shown}
          selected={chosen?.key ?? null}
          onSelect={choose}
          isShowingSession={session === null}
        />
      )}
      {chosen !== null && (
        <Detail entry={chosen} onClose={() => choose(null)} onMessage={(id) => onMessage(id)} />
      )}
    </div>
  );
}

/** As they were told, one record a line. */
const linesOf = (entries: readonly Entry[]): string =>
  entries.map(({ record }) => JSON.stringify(record)).join("\n");
