import { useState } from "preact/hooks";

/** How long a button says that it has copied, milliseconds. */
const SAID = 1_600;

/** A button that copies a text, and says so. @param text asked for when it is pressed */
export function CopyButton({
  text,
  label,
  children = "Copy",
}: {
  text: () => string;
  label?: string;
  children?: string;
}) {
  const [state, setState] = useState<"" | "Copied" | "Not allowed">("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setState("Copied");
    } catch {
      setState("Not allowed");
    }
    setTimeout(() => setState(""), SAID);
  };
  return (
    <button type="button" class="tool" aria-label={state === "" ? label : undefined} onClick={copy}>
      <span aria-live="polite">{state || children}</span>
    </button>
  );
}
