import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/**
 * A menu behind a button. Opened, its first entry has the focus; it closes with Escape, with a press beside it, and when the
 * focus goes elsewhere.
 */
export function useMenu() {
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setIsOpen(false), []);
  /** Closes it, and gives the focus back to its button. */
  const leave = useCallback(() => {
    close();
    opener.current?.focus();
  }, [close]);

  useEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLButtonElement>(".menu button")?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close();
    };
    // Before what is around the menu hears it, which may close too.
    const escaped = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave();
    };
    document.addEventListener("keydown", escaped, true);
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("keydown", escaped, true);
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [isOpen, close, leave]);
  return { isOpen, root, opener, toggle: () => setIsOpen(!isOpen), close, leave };
}
