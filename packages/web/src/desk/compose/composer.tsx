import "../../shared/composer.css";
import "./compose.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { isComposing, isTooLong, useGrowth } from "../../shared/field.ts";
import { Icon } from "../../shared/icons.tsx";
import { Markdown } from "../../shared/markdown/markdown.tsx";
import { userName } from "../names.ts";
import { useDesk, useModel } from "../use-desk.ts";
import type { CannedReply, DeskConversation } from "../wire.ts";
import { filled, matching, slashAt } from "./canned.ts";
import { CannedPopup } from "./canned-popup.tsx";
import { type Draft, draftOf, EMPTY_DRAFT, keepDraft } from "./draft.ts";
import { Extras } from "./extras.tsx";

/** The tallest the field grows before it scrolls, pixels. */
const MAX_HEIGHT = 200;

export interface ComposerProps {
  conversation: DeskConversation;
  focus: { mode: "reply" | "note"; count: number };
  /** Who only watches may leave a note. */
  canReply: boolean;
}

/**
 * Where somebody writes to the user, or for their colleagues. The two are texts of their own: what was written as a note
 * never stands in the field for replies.
 */
export function Composer({ conversation, focus, canReply }: ComposerProps) {
  const model = useModel();
  const { canned, limits, me } = useDesk();
  const { handoff } = conversation;
  const [draft, setDraft] = useState(() => draftOf(handoff));
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  /** The text at which the popup was closed by hand. */
  const [closedAt, setClosedAt] = useState("");
  const [isPreviewing, setIsPreviewing] = useState(false);
  const [isAdding, setIsAdding] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const seen = useRef(focus.count);
  const mode = canReply ? draft.mode : "note";
  const isNote = mode === "note";
  const text = draft[mode];
  const most = (isNote ? limits?.note_bytes : limits?.message_bytes) ?? 16_384;
  const isOver = isTooLong(text, most);
  const canSend = text.trim() !== "" && !isOver;
  const slash = slashAt(text, caret);
  const found = slash === null || closedAt === text ? [] : matching(canned, slash.word);
  const at = Math.min(chosen, Math.max(0, found.length - 1));

  const keep = (changes: Partial<Draft>) => {
    const next = { ...draft, ...changes };
    setDraft(next);
    keepDraft(handoff, next);
  };
  const switchTo = (next: Draft["mode"]) => {
    model.typing.stop();
    keep({ mode: next });
    setIsPreviewing(false);
    field.current?.focus();
  };

  useEffect(() => {
    if (focus.count === seen.current) return;
    seen.current = focus.count;
    switchTo(focus.mode);
  }, [focus]);
  // Who takes a conversation wants to write; on a phone that would bring up the keyboard over what there is to read.
  useEffect(() => {
    if (canReply && !matchMedia("(pointer: coarse)").matches) field.current?.focus();
    return () => model.typing.stop();
  }, []);
  useGrowth(field, MAX_HEIGHT, [text, mode]);

  const write = (next: string) => {
    keep({ [mode]: next });
    setChosen(0);
    if (isNote) return;
    if (next.trim() === "") model.typing.stop();
    else model.typing.typed(handoff);
  };
  const insert = ({ text: reply }: CannedReply) => {
    if (slash === null) return;
    const words = filled(reply, { user: conversation.user.name, me: me.name });
    const next = text.slice(0, slash.from) + words + text.slice(caret);
    write(next);
    setClosedAt(next);
    const end = slash.from + words.length;
    // Once the field has the text.
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(end, end);
      setCaret(end);
    });
  };
  const send = () => {
    if (!canSend) return;
    if (isNote) {
      model.wish({ type: "note", handoff, text: text.trim() });
      keep({ note: "" });
    } else {
      const { attachments, suggestions } = draft;
      model.typing.stop();
      model.wish({
        type: "say",
        handoff,
        text: text.trim(),
        attachments: [...attachments],
        suggestions: [...suggestions],
      });
      keep({ ...EMPTY_DRAFT, note: draft.note });
      setIsAdding(false);
    }
    setIsPreviewing(false);
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event) || event.altKey) return;
    if (found.length > 0) {
      const reply = found[at];
      const steps: Readonly<Record<string, () => void>> = {
        ArrowDown: () => setChosen((at + 1) % found.length),
        ArrowUp: () => setChosen((at - 1 + found.length) % found.length),
        Enter: () => reply && insert(reply),
        Tab: () => reply && insert(reply),
        Escape: () => setClosedAt(text),
      };
      const step = event.shiftKey ? undefined : steps[event.key];
      if (step !== undefined) {
        event.preventDefault();
        step();
        return;
      }
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  };
  const name = userName(conversation);
  return (
    <form
      class={isNote ? "compose for-desk" : "compose"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="compose-tabs" role="radiogroup" aria-label="What is written">
        {canReply && (
          <label class={isNote ? "" : "chosen"}>
            <input type="radio" name="mode" checked={!isNote} onChange={() => switchTo("reply")} />
            <Icon name="chat" />
            Reply
          </label>
        )}
        <label class={isNote ? "chosen" : ""}>
          <input type="radio" name="mode" checked={isNote} onChange={() => switchTo("note")} />
          <Icon name="lock" />
          Internal note
        </label>
        <span class="compose-to" id="compose-to">
          {isNote ? "Seen by the desk only" : `To ${name}`}
        </span>
      </div>
      {isAdding && !isNote && <Extras draft={draft} onChange={keep} />}
      {isPreviewing && text.trim() !== "" && (
        <section class="preview" aria-label="Preview">
          <Markdown text={text} />
        </section>
      )}
      {isOver && (
        <p class="composer-problem" role="alert" id="compose-problem">
          This is too long: {Math.floor(most / 1_024)} KB at most.
        </p>
      )}
      <div class="compose-field">
        {found.length > 0 && <CannedPopup replies={found} at={at} onPick={insert} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={isNote ? "A note for your colleagues…" : "Write a reply, or / for canned ones…"}
          aria-label={isNote ? "Internal note" : `Reply to ${name}`}
          aria-describedby={isOver ? "compose-problem" : "compose-to"}
          aria-invalid={isOver}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={found.length > 0 ? "canned-popup" : undefined}
          aria-activedescendant={found.length > 0 ? `canned-${at}` : undefined}
          autocomplete="off"
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            setCaret(currentTarget.selectionStart);
            write(currentTarget.value);
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onBlur={() => model.typing.stop()}
          onKeyDown={pressed}
        />
      </div>
      <div class="compose-tools">
        {!isNote && (
          <button
            type="button"
            class="icon-button"
            aria-label="Cards and suggestions"
            aria-expanded={isAdding}
            title="Cards and suggestions"
            onClick={() => setIsAdding(!isAdding)}
          >
            <Icon name="card" />
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label="Preview"
          aria-pressed={isPreviewing}
          title="How the Markdown looks"
          onClick={() => setIsPreviewing(!isPreviewing)}
        >
          <Icon name="eye" />
        </button>
        {!isNote && (
          <button
            type="button"
            class="icon-button"
            aria-label="Canned replies"
            title="Canned replies ( / )"
            onClick={() => {
              const start = text === "" || /\s$/.test(text) ? text : `${text} `;
              write(`${start}/`);
              setClosedAt("");
              setCaret(start.length + 1);
              field.current?.focus();
            }}
          >
            <Icon name="slash" />
          </button>
        )}
        <span class="compose-hint quiet">
          <kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> a new line
        </span>
        <button
          type="submit"
          class={isNote ? "button small note-send" : "button small primary"}
          disabled={!canSend}
        >
          <Icon name={isNote ? "lock" : "send"} />
          {isNote ? "Add note" : "Send"}
        </button>
      </div>
    </form>
  );
}
