import type { CannedReply } from "../wire.ts";

export interface CannedPopupProps {
  replies: readonly CannedReply[];
  /** Which of them Enter takes. */
  at: number;
  onPick: (reply: CannedReply) => void;
}

/** The canned replies that fit; the field keeps the focus. */
export function CannedPopup({ replies, at, onPick }: CannedPopupProps) {
  return (
    <div class="canned-popup" id="canned-popup" role="listbox" aria-label="Canned replies">
      {replies.map((reply, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
        // biome-ignore lint/a11y/useFocusableInteractive: it is the field's active descendant
        <div
          key={reply.id}
          id={`canned-${index}`}
          role="option"
          aria-selected={index === at}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(reply)}
        >
          <span class="canned-line">
            <b>/{reply.shortcut}</b>
            <span class="quiet">{reply.title}</span>
          </span>
          <span class="canned-text quiet" dir="auto">
            {reply.text}
          </span>
        </div>
      ))}
    </div>
  );
}
