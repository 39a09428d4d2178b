import "./list.css";
import { useMemo, useState } from "preact/hooks";
import { Icon } from "../../shared/icons.tsx";
import { nextFor } from "../state/lists.ts";
import { useDesk } from "../use-desk.ts";
import { List } from "./list.tsx";
import { type Filter, NO_FILTER, type Row } from "./rows.ts";

export interface ListPaneProps {
  rows: readonly Row[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
  onSelect: (handoff: string) => void;
  onTakeNext: () => void;
}

/** What waits, and what people have. */
export function ListPane({ rows, filter, onFilter, onSelect, onTakeNext }: ListPaneProps) {
  const { isKnown, lists, me } = useDesk();
  const [isSearching, setIsSearching] = useState(false);
  const queues = useMemo(() => [...lists.queues.values()].map(({ name }) => name).sort(), [lists.queues]);
  const skills = useMemo(
    () => [...new Set([...lists.conversations.values()].flatMap((one) => one.skills))].sort(),
    [lists.conversations],
  );
  const next = nextFor(lists, lists.people.get(me.id) ?? me);
  const isFiltering = filter.queue !== "" || filter.skill !== "" || filter.words !== "";
  const set = (changes: Partial<Filter>) => onFilter({ ...filter, ...changes });
  return (
    <section class="pane list-pane" aria-label="Conversations">
      <div class="pane-head">
        <button type="button" class="button primary take-next" disabled={next === null} onClick={onTakeNext}>
          {next?.state === "offered" ? "Accept the offer" : "Take next"}
          <span class="kbd" aria-hidden="true">
            Alt N
          </span>
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Filter the list"
          aria-expanded={isSearching}
          onClick={() => {
            setIsSearching(!isSearching);
            if (isSearching) onFilter(NO_FILTER);
          }}
        >
          <Icon name="search" />
        </button>
      </div>
      {isSearching && (
        <search class="filters">
          <input
            class="input"
            type="search"
            aria-label="Words in the conversations"
            placeholder="Name, words, reason…"
            value={filter.words}
            onInput={({ currentTarget }) => set({ words: currentTarget.value })}
          />
          <select
            class="input"
            aria-label="Queue"
            value={filter.queue}
            onChange={({ currentTarget }) => set({ queue: currentTarget.value })}
          >
            <option value="">All queues</option>
            {queues.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
          {skills.length > 0 && (
            <select
              class="input"
              aria-label="Skill"
              value={filter.skill}
              onChange={({ currentTarget }) => set({ skill: currentTarget.value })}
            >
              <option value="">All skills</option>
              {skills.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </search>
      )}
      {rows.length > 0 ? (
        <List rows={rows} onSelect={onSelect} />
      ) : (
        <div class="empty">
          {isFiltering ? (
            <p>Nothing fits the filter.</p>
          ) : isKnown ? (
            <>
              <Icon name="chat" />
              <p>Nobody waits.</p>
              <p class="quiet">Who asks for a person appears here.</p>
            </>
          ) : (
            <p class="quiet">Loading…</p>
          )}
        </div>
      )}
      <p class="queues-line quiet">
        {[...lists.queues.values()].map(({ name, waiting, open }) => (
          <span key={name}>
            {name}: {open ? `${waiting} waiting` : "closed"}
          </span>
        ))}
      </p>
    </section>
  );
}
