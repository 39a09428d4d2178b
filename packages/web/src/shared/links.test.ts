import { describe, expect, it } from "vitest";
import { linkTo, safeImage, safeLink, telephone } from "./links.ts";

describe("links", () => {
  it.each([
    ["https://a.example", true, true],
    ["HTTP://a.example", true, true],
    ["mailto:a@b.example", true, false],
    ["tel:+1", true, false],
    ["data:image/png;base64,AA", false, true],
    ["data:image/svg+xml,<svg/>", false, false],
    ["data:text/html,x", false, false],
    ["javascript:alert(1)", false, false],
    [" https://a.example", false, false],
    ["//a.example", false, false],
    ["", false, false],
  ])("%s: opened %s, shown %s", (url, isLink, isImage) => {
    expect(safeLink(url) !== null).toBe(isLink);
    expect(safeImage(url) !== null).toBe(isImage);
  });

  it("open the web in a tab that learns nothing", () => {
    expect(linkTo("https://a.example")).toMatchObject({
      target: "_blank",
      rel: expect.stringContaining("noopener"),
    });
    expect(linkTo("tel:1")).not.toHaveProperty("target");
  });

  it("dial what can be dialled", () => {
    expect(telephone("+44 (20) 7946-0958 x")).toBe("tel:+442079460958");
  });
});
