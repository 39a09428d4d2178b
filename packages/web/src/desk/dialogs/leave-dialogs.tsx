import { useRef } from "preact/hooks";
import { isComposing } from "../../shared/field.ts";
import { userName } from "../names.ts";
import { useModel } from "../use-desk.ts";
import type { DeskConversation } from "../wire.ts";
import { Dialog } from "./dialog.tsx";

interface LeaveProps {
  conversation: DeskConversation;
  onClose: () => void;
}

/** Back to the agent, with what it should know. */
export function GiveBackDialog({ conversation, onClose }: LeaveProps) {
  const model = useModel();
  const note = useRef<HTMLTextAreaElement>(null);
  const giveBack = () => {
    const text = note.current?.value.trim() ?? "";
    model.wish({ type: "give_back", handoff: conversation.handoff, note: text === "" ? null : text });
    onClose();
  };
  return (
    <Dialog title="Give back to the agent" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          giveBack();
        }}
      >
        <p>The agent goes on with {userName(conversation)}, and knows what was said.</p>
        <label>
          What the agent should know (optional)
          <textarea
            ref={note}
            data-focus
            class="input"
            rows={3}
            maxLength={4_000}
            placeholder="For example: the refund is on its way, order 4711"
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
              event.preventDefault();
              giveBack();
            }}
          />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Give back
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function EndDialog({ conversation, onClose }: LeaveProps) {
  const model = useModel();
  return (
    <Dialog title="End the conversation?" onClose={onClose}>
      <p>{userName(conversation)} is told that the chat has ended, and cannot write in it any more.</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="button primary"
          data-focus
          onClick={() => {
            model.wish({ type: "end", handoff: conversation.handoff });
            onClose();
          }}
        >
          End it
        </button>
      </div>
    </Dialog>
  );
}
