/** What can be done without a mouse. */
export type Action =
  | "next"
  | "decline"
  | "reply"
  | "note"
  | "giveBack"
  | "transfer"
  | "end"
  | "down"
  | "up"
  | "unread"
  | "status"
  | "overview"
  | "help"
  | `mine${number}`;

/** In the order of the help. Letters by their place on the keyboard's own layout. */
export const SHORTCUTS: readonly { action: Action; key: string; what: string }[] = [
  { action: "next", key: "n", what: "Take the next one, or accept an offer" },
  { action: "decline", key: "x", what: "Decline an offer" },
  { action: "reply", key: "r", what: "Write a reply" },
  { action: "note", key: "i", what: "Write an internal note" },
  { action: "giveBack", key: "g", what: "Give back to the agent" },
  { action: "transfer", key: "t", what: "Transfer to a queue or a person" },
  { action: "end", key: "q", what: "End the conversation" },
  { action: "unread", key: "u", what: "Go to the next unread one" },
  { action: "down", key: "ArrowDown", what: "Next conversation in the list" },
  { action: "up", key: "ArrowUp", what: "Previous conversation in the list" },
  { action: "status", key: "s", what: "Go available, or away" },
  { action: "overview", key: "o", what: "Overview and back (supervisors)" },
  { action: "help", key: "/", what: "This help" },
];

/** The part of a KeyboardEvent that is looked at. */
export interface Pressed {
  key: string;
  /** The place of the key: on a Mac, Alt with a letter gives another character. */
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  isComposing?: boolean;
}

/**
 * What a key asks for. All are pressed with Alt, so that they work while somebody writes and no single character does
 * anything by accident [WCAG 2.2, 2.1.4].
 * @param isWriting whether the focus is in a field; there a `?` is one
 */
export function actionOf(
  { key, code, altKey, ctrlKey, metaKey, isComposing }: Pressed,
  isWriting: boolean,
): Action | null {
  if (isComposing || ctrlKey || metaKey) return null;
  if (!altKey) return key === "?" && !isWriting ? "help" : null;
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if (digit !== undefined) return `mine${Number(digit)}`;
  // With Alt a Mac types another character: then the key's place decides.
  const letter = /^[a-z]$/i.test(key)
    ? key.toLowerCase()
    : (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null);
  const pressed = key === "/" || code === "Slash" ? "/" : (letter ?? key);
  return SHORTCUTS.find((one) => one.key === pressed)?.action ?? null;
}
