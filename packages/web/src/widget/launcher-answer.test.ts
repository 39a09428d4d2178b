import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import type { PublicConfig } from "./config.ts";
import { launcherAnswer } from "./launcher-answer.ts";
import { VERSION } from "./version.ts";

const settings: PublicConfig = {
  version: VERSION,
  title: "Shop",
  subtitle: "",
  logoUrl: "",
  color: "#0b6b5d",
  position: "left",
  theme: "light",
  sound: true,
  texts: { "*": { close: "Away" }, de: { openChat: "Frag uns" } },
  disclaimer: null,
  verifiedContext: false,
};

const config = (attributes: Record<string, string>) => launcherAnswer(settings, attributes, "").config;
const DEFAULTS = config({});

describe("what a loader is told", () => {
  it("is what the connector has where no attribute says otherwise", () => {
    expect(DEFAULTS).toEqual({
      version: VERSION,
      platform: "web",
      renderMode: "default",
      autoOpen: false,
      showIcon: true,
      showHeader: true,
      locale: "en",
      theme: "light",
      position: "left",
      color: "#0b6b5d",
      title: "Shop",
      subtitle: "",
      logoUrl: "",
      sound: true,
    });
  });

  it.each([
    [{ renderMode: "Fullscreen " }, { renderMode: "fullscreen" }],
    [{ renderMode: "huge" }, {}],
    [{ autoOpen: "" }, { autoOpen: true }],
    [
      { autoOpen: "yes", showIcon: "NO", showHeader: "0" },
      { autoOpen: true, showIcon: false, showHeader: false },
    ],
    [
      { theme: "dark", position: "right" },
      { theme: "dark", position: "right" },
    ],
    [{ color: "#F00" }, { color: "#F00" }],
    [{ color: "red;}" }, {}],
    [{ platform: " ios-web " }, { platform: "ios-web" }],
    [{ platform: "" }, {}],
    [{ title: "x".repeat(500) }, { title: "x".repeat(200) }],
    [{ locale: " de-AT", locales: "fr,en" }, { locale: "de-AT" }],
    [{ locales: ",fr,en" }, { locale: "fr" }],
    [{ unknown: "x", cfasync: "false" }, {}],
  ])("of %j is %j", (attributes, expected) => {
    expect(config(attributes)).toEqual({ ...DEFAULTS, ...expected });
  });

  it("is read in the first language there is, in the connector's own words", () => {
    const texts = (locales: string) => launcherAnswer(settings, { locales }, "").texts;
    expect(texts("it,de-CH,en")).toMatchObject({
      openChat: "Frag uns",
      close: "Away",
      unread: "Ungelesene Nachrichten: {count}",
    });
    expect(texts("it")).toMatchObject({ openChat: "Open chat", close: "Away" });
  });

  it("has the colours before the style", () => {
    const { css } = launcherAnswer(settings, { color: "#d94f04" }, "STYLE");
    expect(css).toMatch(/^:host\{--brand-light:#[0-9a-f]{6};--on-brand-light:#[0-9a-f]{6};.*\}STYLE$/);
  });
});

it("the version is the package's", () => {
  expect(VERSION).toBe(packageJson.version);
});
