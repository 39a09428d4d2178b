import "./composer.css";
import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { isComposing, isTooLong, useGrowth } from "./field.ts";
import { useTexts } from "./i18n/texts.ts";
import { Icon } from "./icons.tsx";

export interface ComposerProps {
  onSend: (text: string) => void;
  /** With every key. */
  onTyping?: () => void;
  /** UTF-8 bytes of a message, as the server takes it. */
  maxBytes?: number | undefined;
  isDisabled?: boolean;
  /** The field, for whoever sets the focus. */
  field: RefObject<HTMLTextAreaElement | null>;
}

/** The tallest it grows before it scrolls, pixels. */
const MAX_HEIGHT = 160;

/** Where the user writes. Enter sends, and Shift with Enter begins a line. */
export function Composer({ onSend, onTyping, maxBytes = 131_072, isDisabled = false, field }: ComposerProps) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const isOver = isTooLong(text, maxBytes);
  const canSend = text.trim() !== "" && !isOver && !isDisabled;

  useGrowth(field, MAX_HEIGHT, [text]);

  const send = () => {
    if (!canSend) return;
    onSend(text.trim());
    setText("");
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isOver && (
        <p class="composer-problem" id="composer-problem" role="alert">
          {t("tooLong")}
        </p>
      )}
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          // Without a text it is the placeholder's direction that counts.
          dir={text === "" ? undefined : "auto"}
          value={text}
          disabled={isDisabled}
          placeholder={t("placeholder")}
          aria-label={t("message")}
          aria-invalid={isOver}
          aria-describedby={isOver ? "composer-problem" : undefined}
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => {
            setText(event.currentTarget.value);
            onTyping?.();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="composer-send" aria-label={t("send")} disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
