import { describe, expect, it } from "vitest";
import { type Action, actionOf, type Pressed, SHORTCUTS } from "./keys.ts";

const press = (changes: Partial<Pressed>): Pressed => ({
  key: "",
  code: "",
  altKey: true,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...changes,
});

describe("a key", () => {
  it.each<[string, Partial<Pressed>, boolean, Action | null]>([
    ["Alt N", { key: "n", code: "KeyN" }, true, "next"],
    ["Alt N with capitals", { key: "N", code: "KeyN" }, true, "next"],
    ["Alt N on a Mac, where it is a tilde", { key: "˜", code: "KeyN" }, true, "next"],
    ["Alt Q of a French keyboard, whose place is that of A", { key: "q", code: "KeyA" }, false, "end"],
    ["Alt 3", { key: "3", code: "Digit3" }, true, "mine3"],
    ["Alt 3 on a Mac", { key: "£", code: "Digit3" }, true, "mine3"],
    ["Alt down", { key: "ArrowDown", code: "ArrowDown" }, true, "down"],
    ["Alt /", { key: "/", code: "Slash" }, true, "help"],
    ["? alone", { key: "?", code: "Slash", altKey: false, shiftKey: true }, false, "help"],
    ["? in a field", { key: "?", code: "Slash", altKey: false, shiftKey: true }, true, null],
    ["n alone", { key: "n", code: "KeyN", altKey: false }, false, null],
    ["Ctrl Alt N, which types on some keyboards", { key: "n", code: "KeyN", ctrlKey: true }, false, null],
    ["in a composition", { key: "n", code: "KeyN", isComposing: true }, true, null],
    ["Alt with nothing", { key: "Alt", code: "AltLeft" }, false, null],
  ])("%s", (_, pressed, isWriting, expected) => {
    expect(actionOf(press(pressed), isWriting)).toBe(expected);
  });
  it("has one meaning", () => {
    expect(new Set(SHORTCUTS.map(({ key }) => key)).size).toBe(SHORTCUTS.length);
  });
});
