import { describe, expect, it, vi } from "vitest";
import { Handlers } from "./handlers.ts";
import { readScript, settingsAddress } from "./script.ts";

describe("the script's address", () => {
  it.each([
    ["https://a.example/widget/tok.js", "tok", "https://a.example/", "https://a.example/widget/tok"],
    [
      "https://a.example/chat/widget/t%2Fk.js?version=1#x",
      "t/k",
      "https://a.example/chat/",
      "https://a.example/chat/widget/t%2Fk",
    ],
    [
      "http://localhost:8080/widget/a.js.js",
      "a.js",
      "http://localhost:8080/",
      "http://localhost:8080/widget/a.js",
    ],
  ])("%s", (src, token, url, frame) => {
    expect(readScript(src, {})).toEqual({ token, url, frame, dataset: {} });
  });

  it.each([
    "https://a.example/other/tok.js",
    "https://a.example/widget/",
    "https://a.example/x?/widget/tok.js",
  ])("is none: %s", (src) => {
    expect(() => readScript(src, {})).toThrow(TypeError);
  });

  it("leads to the settings, with the attributes", () => {
    const script = readScript("https://a.example/widget/tok.js", { theme: "dark", title: "A & B" });
    expect(settingsAddress(script, ["de", "en"])).toBe(
      "https://a.example/widget/tok.json?theme=dark&title=A+%26+B&locales=de%2Cen",
    );
  });
});

describe("handlers", () => {
  const added = () => {
    const handlers = new Handlers();
    const [first, second] = [vi.fn(), vi.fn()];
    handlers.add("onOpen", first);
    handlers.add("onClosed", first);
    handlers.add("onOpen", second);
    const told = () => {
      handlers.emit("onOpen", undefined);
      handlers.emit("onClosed", undefined);
      return [first.mock.calls.length, second.mock.calls.length];
    };
    return { handlers, first, second, told };
  };

  it("are told what they listen to", () => {
    expect(added().told()).toEqual([2, 1]);
  });

  it.each<[string, (made: ReturnType<typeof added>) => void, number[]]>([
    ["everywhere", ({ handlers, first }) => handlers.remove(first), [0, 1]],
    ["of an event", ({ handlers }) => handlers.remove("onOpen"), [1, 0]],
    ["one of an event", ({ handlers, first }) => handlers.remove("onOpen", first), [1, 1]],
    ["that were never there", ({ handlers }) => handlers.remove("onError", vi.fn()), [2, 1]],
  ])("are taken away: %s", (_, remove, expected) => {
    const made = added();
    remove(made);
    expect(made.told()).toEqual(expected);
  });

  it("do not keep each other from hearing", () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const { handlers, told } = added();
    const error = new Error("the page's own");
    handlers.add("onOpen", () => {
      throw error;
    });
    expect(told()).toEqual([2, 1]);
    expect(reported).toHaveBeenCalledWith(error);
    vi.unstubAllGlobals();
  });

  it("are functions", () => {
    expect(() => new Handlers().add("onOpen", "no" as never)).toThrow(TypeError);
  });
});
