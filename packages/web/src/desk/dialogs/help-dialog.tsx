import { useState } from "preact/hooks";
import { SHORTCUTS } from "../keys.ts";
import { change, settings } from "../settings.ts";
import { Dialog } from "./dialog.tsx";

const SHOWN: Readonly<Record<string, string>> = { ArrowDown: "↓", ArrowUp: "↑" };
const isMac = /Mac|iP(hone|ad)/.test(navigator.userAgent);

/** What can be done without a mouse. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const [hasKey, setHasKey] = useState(settings().hasHelpKey);
  const alt = isMac ? "⌥" : "Alt";
  const rows = [
    ...SHORTCUTS.map(({ key, what }) => ({ keys: [alt, SHOWN[key] ?? key.toUpperCase()], what })),
    { keys: [alt, "1…9"], what: "Go to one of your conversations" },
    { keys: ["/"], what: "Canned replies, in the field" },
    { keys: ["Enter"], what: "Send" },
    { keys: ["Esc"], what: "Close what is open" },
  ];
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} isWide>
      <dl class="shortcuts">
        {rows.map(({ keys, what }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={hasKey}
          onChange={({ currentTarget }) =>
            setHasKey(change({ hasHelpKey: currentTarget.checked }).hasHelpKey)
          }
        />
        <span>
          <kbd>?</kbd> alone opens this help, too
        </span>
      </label>
    </Dialog>
  );
}
