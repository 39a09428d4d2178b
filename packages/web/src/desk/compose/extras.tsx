import type { Attachment } from "@parley/client";
import { useState } from "preact/hooks";
import { isComposing } from "../../shared/field.ts";
import { Icon } from "../../shared/icons.tsx";
import type { Draft } from "./draft.ts";

/** Of one message, as the server takes them. */
const MOST = 10;

/** Cards that go with the reply, and replies that the user is offered to tap. */
export function Extras({ draft, onChange }: { draft: Draft; onChange: (changes: Partial<Draft>) => void }) {
  const [title, setTitle] = useState("");
  const [url, setUrl] = useState("");
  const [suggestion, setSuggestion] = useState("");
  const { attachments, suggestions } = draft;
  const address = /^https?:\/\//i.test(url.trim()) && URL.canParse(url.trim()) ? url.trim() : null;
  const addCard = () => {
    if (address === null || attachments.length >= MOST) return;
    const isImage = /\.(avif|gif|jpe?g|png|webp)(\?|$)/i.test(address);
    const card: Attachment = {
      title: title.trim() || new URL(address).host,
      preview_image_url: "",
      content_url: address,
      content_type: isImage ? "ATTACHMENT_CONTENT_TYPE_IMAGE" : "ATTACHMENT_CONTENT_TYPE_URL",
      call_to_action_text: "",
    };
    onChange({ attachments: [...attachments, card] });
    setTitle("");
    setUrl("");
  };
  const addSuggestion = () => {
    const text = suggestion.trim();
    if (text === "" || suggestions.length >= MOST) return;
    onChange({ suggestions: [...suggestions, { message_text: text }] });
    setSuggestion("");
  };
  /** Enter in one of these fields adds, and sends nothing. */
  const adds = (add: () => void) => (event: KeyboardEvent) => {
    if (event.key !== "Enter" || isComposing(event)) return;
    event.preventDefault();
    add();
  };
  return (
    <fieldset class="extras">
      <legend class="sr-only">Cards and suggestions</legend>
      <div class="extras-row">
        <input
          class="input"
          aria-label="Title of a card"
          placeholder="Card: title"
          maxLength={1_000}
          value={title}
          onInput={({ currentTarget }) => setTitle(currentTarget.value)}
          onKeyDown={adds(addCard)}
        />
        <input
          class="input"
          type="url"
          aria-label="Address of a card or picture"
          placeholder="https://…"
          maxLength={2_048}
          value={url}
          onInput={({ currentTarget }) => setUrl(currentTarget.value)}
          onKeyDown={adds(addCard)}
        />
        <button type="button" class="button small" disabled={address === null} onClick={addCard}>
          Add card
        </button>
      </div>
      <div class="extras-row">
        <input
          class="input"
          aria-label="A suggested reply"
          placeholder="Suggestion that a tap sends"
          maxLength={1_000}
          value={suggestion}
          onInput={({ currentTarget }) => setSuggestion(currentTarget.value)}
          onKeyDown={adds(addSuggestion)}
        />
        <button
          type="button"
          class="button small"
          disabled={suggestion.trim() === ""}
          onClick={addSuggestion}
        >
          Add suggestion
        </button>
      </div>
      {attachments.length + suggestions.length > 0 && (
        <ul class="extras-list">
          {attachments.map((card, index) => (
            <li key={`card ${index}`} class="tag">
              <Icon name="card" />
              <span dir="auto">{card.title}</span>
              <Remove
                what={card.title}
                onRemove={() => onChange({ attachments: attachments.filter((one) => one !== card) })}
              />
            </li>
          ))}
          {suggestions.map((one, index) => (
            <li key={`suggestion ${index}`} class="tag">
              <span dir="auto">{one.message_text}</span>
              <Remove
                what={one.message_text}
                onRemove={() => onChange({ suggestions: suggestions.filter((other) => other !== one) })}
              />
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}

const Remove = ({ what, onRemove }: { what: string; onRemove: () => void }) => (
  <button type="button" class="remove" aria-label={`Remove ${what}`} onClick={onRemove}>
    <Icon name="close" />
  </button>
);
