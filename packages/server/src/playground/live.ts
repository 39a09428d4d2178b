import type { Participant, Snapshot } from "@parley/client";
import { avatar } from "./avatar.ts";
import { byId, el } from "./dom.ts";

/** The dots of whoever writes. */
export function renderDots({ agent, isThinking, isTyping, person }: Snapshot): void {
  const who: Participant | null = isTyping ? person : isThinking ? agent : null;
  const dots = byId("dots");
  if (who !== null && dots.dataset.name !== who.name) {
    const label = { class: "bubble dots", role: "img", "aria-label": `${who.name} is writing` };
    dots.replaceChildren(avatar(who), el("div", label, el("i"), el("i"), el("i")));
    dots.dataset.name = who.name;
  }
  dots.hidden = who === null;
}

/** The suggested replies. @param say is given the one that was chosen, and whether by the keyboard */
export function renderChips(
  { suggestions }: Snapshot,
  say: (text: string, byKeyboard: boolean) => void,
): void {
  const chips = byId("chips");
  const key = JSON.stringify(suggestions);
  if (chips.dataset.key === key) return;
  chips.dataset.key = key;
  chips.hidden = suggestions.length === 0;
  const buttons = suggestions.map(({ message_text: text }) => {
    const onclick = ({ detail }: MouseEvent) => say(text, detail === 0);
    return el("button", { class: "chip", type: "button", dir: "auto", onclick }, text);
  });
  chips.replaceChildren(...buttons);
}
