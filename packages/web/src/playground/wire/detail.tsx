import { Icon } from "../../shared/icons.tsx";
import { CopyButton } from "../copy.tsx";
import type { Entry } from "./entries.ts";
import { JsonView } from "./json-view.tsx";

export interface DetailProps {
  entry: Entry;
  onClose: () => void;
  /** Shows the rows of one message alone. */
  onMessage: (id: string) => void;
}

/** The row that was chosen, whole. */
export function Detail({ entry, onClose, onMessage }: DetailProps) {
  const { data, messages, record, type } = entry;
  const [message] = messages;
  const bytes = record.text === undefined ? null : new TextEncoder().encode(record.text).length;
  return (
    <section class="detail" aria-label="The chosen frame">
      <header>
        <h3>{type}</h3>
        {bytes !== null && <span class="quiet">{bytes.toLocaleString("en")} B</span>}
        <span class="space" />
        {message !== undefined && (
          <button type="button" class="tool" onClick={() => onMessage(message)}>
            Same message
          </button>
        )}
        <CopyButton text={() => record.text ?? JSON.stringify(data)} label="Copy this frame as JSON" />
        <button type="button" class="tool square" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <JsonView data={data} label="Its payload" />
    </section>
  );
}
