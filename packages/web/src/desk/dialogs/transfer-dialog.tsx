import { useState } from "preact/hooks";
import { isComposing } from "../../shared/field.ts";
import { useDesk, useModel } from "../use-desk.ts";
import type { DeskConversation } from "../wire.ts";
import { Dialog } from "./dialog.tsx";

type Target = {
  id: string;
  name: string;
  hint: string;
  to: { queue: string } | { person: string };
  isPossible: boolean;
};

/** To another queue, or to somebody who is there. */
export function TransferDialog({
  conversation,
  onClose,
}: {
  conversation: DeskConversation;
  onClose: () => void;
}) {
  const model = useModel();
  const { lists } = useDesk();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const people: Target[] = [...lists.people.values()]
    .filter(({ id, status }) => id !== conversation.person && status !== "offline")
    .map(({ id, name, status, connected, load, capacity }) => ({
      id: `person ${id}`,
      name,
      hint: status !== "available" ? "away" : connected ? `${load} of ${capacity}` : "not connected",
      to: { person: id },
      isPossible: status === "available" && connected,
    }));
  const queues: Target[] = [...lists.queues.values()].map(({ name, open, waiting, available }) => ({
    id: `queue ${name}`,
    name,
    hint: open ? `${waiting} waiting, ${available} available` : "closed",
    to: { queue: name },
    isPossible: true,
  }));
  const targets = [...people, ...queues].filter(({ name }) =>
    name.toLowerCase().includes(words.trim().toLowerCase()),
  );
  const possible = targets.filter(({ isPossible }) => isPossible);
  const chosen = possible[Math.min(at, possible.length - 1)];
  const go = (target: Target | undefined) => {
    if (target === undefined) return;
    model.wish({ type: "transfer", handoff: conversation.handoff, to: target.to });
    onClose();
  };
  return (
    <Dialog title="Transfer" onClose={onClose}>
      <p>The user reads one line about it; whoever takes it sees all that was said.</p>
      <input
        data-focus
        class="input"
        type="search"
        // biome-ignore lint/a11y/noRedundantRoles: without a list it is a search box by itself
        role="combobox"
        list={undefined}
        aria-label="A queue or a person"
        aria-expanded="true"
        aria-controls="targets"
        aria-activedescendant={chosen === undefined ? undefined : `target-${possible.indexOf(chosen)}`}
        placeholder="A queue or a person…"
        value={words}
        onInput={({ currentTarget }) => {
          setWords(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const steps: Readonly<Record<string, () => void>> = {
            ArrowDown: () => setAt(Math.min(possible.length - 1, at + 1)),
            ArrowUp: () => setAt(Math.max(0, at - 1)),
            Enter: () => go(chosen),
          };
          const step = steps[event.key];
          if (step === undefined || isComposing(event)) return;
          event.preventDefault();
          step();
        }}
      />
      <div class="targets" id="targets" role="listbox" aria-label="Queues and people">
        {targets.map((target) => {
          const index = possible.indexOf(target);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
            // biome-ignore lint/a11y/useFocusableInteractive: it is the field's active descendant
            <div
              key={target.id}
              id={index < 0 ? undefined : `target-${index}`}
              role="option"
              aria-selected={target === chosen}
              aria-disabled={!target.isPossible}
              onClick={() => target.isPossible && go(target)}
            >
              <span class="tag">{"queue" in target.to ? "Queue" : "Person"}</span>
              <b dir="auto">{target.name}</b>
              <span class="quiet">{target.hint}</span>
            </div>
          );
        })}
      </div>
      {targets.length === 0 && <p class="quiet">Nothing of this name is there.</p>}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="button primary"
          disabled={chosen === undefined}
          onClick={() => go(chosen)}
        >
          {chosen === undefined ? "Transfer" : `Transfer to ${chosen.name}`}
        </button>
      </div>
    </Dialog>
  );
}
