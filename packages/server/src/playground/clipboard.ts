import { announce } from "./announcer.ts";
import { el } from "./dom.ts";

/** How long the button shows that it worked, milliseconds. */
const THANKS = 900;

export async function copy(text: string, button: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard API exists only on https and localhost.
    const area = el("textarea", { class: "sr" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce("Copied.");
  button.classList.add("primary");
  setTimeout(() => button.classList.remove("primary"), THANKS);
}
