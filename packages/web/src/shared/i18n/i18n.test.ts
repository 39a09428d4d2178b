import { describe, expect, it } from "vitest";
import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en, type TextKey } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { directionOf, LOCALES, localeOf } from "./locales.ts";
import { pt } from "./pt.ts";
import { loadTexts, textsOf } from "./texts.ts";

const OTHERS = { de, fr, es, pt, ja, ar };
const names = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the catalogue", () => {
  it.each(Object.entries(OTHERS))("has every text in %s, with the same names in it", (_, catalogue) => {
    for (const [key, text] of Object.entries(en)) {
      const translated = catalogue[key as TextKey];
      expect(translated.trim(), key).not.toBe("");
      expect(names(translated), key).toEqual(names(text));
    }
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
  });

  it("is all there", async () => {
    for (const locale of LOCALES) {
      const { t } = await loadTexts(locale, {}, []);
      expect(t("send")).toBe({ en, ...OTHERS }[locale].send);
    }
  });
});

describe("texts", () => {
  it("fill in names, and leave what nobody knows", () => {
    const { t } = textsOf("en", en);
    expect(t("queue", { position: 3 })).toBe("You are number 3 in the queue");
    expect(t("queue")).toBe("You are number {position} in the queue");
    // A name is a name, whatever it looks like.
    expect(t("joined", { name: "{name} $& Ada" })).toBe("{name} $& Ada joined");
  });

  it("are a connector's own where it has some: for one language before all", () => {
    const own = { "*": { send: "Go", close: "Away" }, de: { send: "Los" } };
    expect(textsOf("de", de, own).t("send")).toBe("Los");
    expect(textsOf("de", de, own).t("close")).toBe("Away");
    expect(textsOf("en", en, own).t("send")).toBe("Go");
    expect(textsOf("en", en, own).t("title")).toBe("Chat");
  });

  it("know how the reader's region writes dates", () => {
    expect(textsOf("en", en, {}, ["de-DE", "en-GB", "en-US"]).region).toBe("en-GB");
    expect(textsOf("en", en, {}, ["de-DE", "en"]).region).toBe("en");
  });
});

describe("locales", () => {
  it.each([
    [["pt-BR"], "pt"],
    [["DE_at"], "de"],
    [["it", "ja-JP"], "ja"],
    [[null, undefined, "", "fr"], "fr"],
    [["it"], null],
    [[], null],
  ])("of %j is %s", (tags, locale) => {
    expect(localeOf(tags)).toBe(locale);
  });

  it.each([
    ["ar", "rtl"],
    ["he-IL", "rtl"],
    ["arn", "ltr"],
    ["en", "ltr"],
  ])("%s is written %s", (tag, direction) => {
    expect(directionOf(tag)).toBe(direction);
  });
});
