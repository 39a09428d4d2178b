import { useState } from "preact/hooks";
import { useDesk, useModel } from "../use-desk.ts";
import type { CannedReply } from "../wire.ts";
import { Dialog } from "./dialog.tsx";

const SHORTCUT = /^[\p{L}\p{N}_-]{1,40}$/u;

/** All canned replies; supervisors write them. */
export function CannedDialog({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const { canned, me } = useDesk();
  const [edited, setEdited] = useState<CannedReply | null>(null);
  const mayEdit = me.role === "supervisor";
  if (edited !== null) {
    return (
      <Dialog
        title={canned.some(({ id }) => id === edited.id) ? "Edit a canned reply" : "New canned reply"}
        onClose={onClose}
      >
        <Editor
          reply={edited}
          taken={canned.filter(({ id }) => id !== edited.id).map(({ shortcut }) => shortcut)}
          onCancel={() => setEdited(null)}
          onSave={(reply) => {
            model.wish({ type: "put_canned", reply });
            setEdited(null);
          }}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title="Canned replies" onClose={onClose} isWide>
      {canned.length === 0 && (
        <p class="quiet">
          There are none yet.{" "}
          {mayEdit ? "What you add here, everybody finds behind a /." : "Supervisors can add them."}
        </p>
      )}
      <ul class="canned-list">
        {canned.map((reply) => (
          <li key={reply.id}>
            <div class="canned-words">
              <p>
                <b>/{reply.shortcut}</b> <span class="quiet">{reply.title}</span>
              </p>
              <p class="canned-text quiet" dir="auto">
                {reply.text}
              </p>
            </div>
            {mayEdit && (
              <>
                <button type="button" class="button small" onClick={() => setEdited(reply)}>
                  Edit<span class="sr-only"> {reply.shortcut}</span>
                </button>
                <button
                  type="button"
                  class="button small"
                  onClick={() => model.wish({ type: "remove_canned", id: reply.id })}
                >
                  Remove<span class="sr-only"> {reply.shortcut}</span>
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {mayEdit && (
        <div class="dialog-buttons">
          <button
            type="button"
            class="button primary"
            data-focus
            onClick={() => setEdited({ id: crypto.randomUUID(), shortcut: "", title: "", text: "" })}
          >
            New reply
          </button>
        </div>
      )}
    </Dialog>
  );
}

interface EditorProps {
  reply: CannedReply;
  taken: readonly string[];
  onCancel: () => void;
  onSave: (reply: CannedReply) => void;
}

function Editor({ reply, taken, onCancel, onSave }: EditorProps) {
  const [edited, setEdited] = useState(reply);
  const { shortcut, title, text } = edited;
  const problem =
    shortcut !== "" && !SHORTCUT.test(shortcut)
      ? "Letters, digits, - and _ only, 40 at most."
      : taken.includes(shortcut)
        ? "Another reply has this shortcut."
        : null;
  const canSave = shortcut !== "" && text.trim() !== "" && problem === null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave) onSave(edited);
      }}
    >
      <label>
        Shortcut, typed behind the /
        <input
          class="input"
          data-focus
          value={shortcut}
          maxLength={40}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : "canned-problem"}
          onInput={({ currentTarget }) => setEdited({ ...edited, shortcut: currentTarget.value })}
        />
      </label>
      {problem !== null && (
        <p class="banner bad" id="canned-problem">
          {problem}
        </p>
      )}
      <label>
        Title
        <input
          class="input"
          value={title}
          maxLength={200}
          onInput={({ currentTarget }) => setEdited({ ...edited, title: currentTarget.value })}
        />
      </label>
      <label>
        Text, Markdown; {"{{name}}"} is the user's name, {"{{me}}"} your own
        <textarea
          class="input"
          rows={5}
          value={text}
          maxLength={4_000}
          onInput={({ currentTarget }) => setEdited({ ...edited, text: currentTarget.value })}
        />
      </label>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={!canSave}>
          Save
        </button>
      </div>
    </form>
  );
}
