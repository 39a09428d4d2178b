import { useRef, useState } from "preact/hooks";
import { changePassword, type DeskError } from "../api.ts";
import { Dialog } from "./dialog.tsx";

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const current = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const [isDone, setIsDone] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem("");
    changePassword(current.current?.value ?? "", next.current?.value ?? "").then(
      () => setIsDone(true),
      (error: DeskError) =>
        setProblem(error.code === "WRONG_PASSWORD" ? "The current password is wrong." : error.message),
    );
  };
  return (
    <Dialog title="Change password" onClose={onClose}>
      {isDone ? (
        <>
          <p role="status">Your password is changed. All your other browsers are signed out.</p>
          <div class="dialog-buttons">
            <button type="button" class="button primary" onClick={onClose}>
              Done
            </button>
          </div>
        </>
      ) : (
        <form onSubmit={submit}>
          {problem !== "" && (
            <p class="banner bad" role="alert">
              {problem}
            </p>
          )}
          <label>
            Current password
            <input
              ref={current}
              data-focus
              class="input"
              type="password"
              autocomplete="current-password"
              required
            />
          </label>
          <label>
            New password, 12 characters at least
            <input
              ref={next}
              class="input"
              type="password"
              autocomplete="new-password"
              minLength={12}
              required
            />
          </label>
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" class="button primary">
              Change it
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
