import { SHORTCUTS } from "../keys.ts";
import { Dialog } from "./dialog.tsx";

const SHOWN: Readonly<Record<string, string>> = { ArrowDown: "↓", ArrowUp: "↑" };
const isMac = /Mac|iP(hone|ad)/.test(navigator.userAgent);

/** What can be done without a mouse. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
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
    </Dialog>
  );
}
