import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { builtPages } from "@parley/web/built";
import { expect, it } from "vitest";

/** What every page with the widget pays, bytes gzipped. */
const LOADER = 5_000;
/** Its settings and style, which it asks for, bytes gzipped. */
const LAUNCHER_STYLE = 2_000;
/** What somebody pays who opens it: the document, the script with the client in it, the style and a language. */
const PANEL = 45_000;

const directory = await builtPages();
const gzipped = async (path: string) => gzipSync(await readFile(`${directory}/${path}`), { level: 9 }).length;

it("the loader is small enough for any page", async () => {
  expect(await gzipped("widget.js")).toBeLessThan(LOADER);
  expect(await gzipped("widget.css")).toBeLessThan(LAUNCHER_STYLE);
});

it("the panel is small enough for a phone on a train", async () => {
  const html = await readFile(`${directory}/widget/index.html`, "utf8");
  // All that the document itself names, shared or not.
  const own = [...html.matchAll(/\.\.\/(assets\/[^"]+)/g)].map(([, path = ""]) => path);
  const languages = (await readdir(`${directory}/assets`)).filter((name) =>
    /^(?:de|fr|es|pt|ja|ar)-/.test(name),
  );
  const largest = Math.max(...(await Promise.all(languages.map((name) => gzipped(`assets/${name}`)))));
  const sizes = await Promise.all(["widget/index.html", ...own].map(gzipped));
  expect(languages).toHaveLength(6);
  expect(own.length).toBeGreaterThanOrEqual(2);
  expect(sizes.reduce((sum, size) => sum + size, largest)).toBeLessThan(PANEL);
});

it("nothing that is built runs from a document itself, which a policy forbids", async () => {
  const pages = (await readdir(directory, { recursive: true })).filter((path) => path.endsWith(".html"));
  for (const page of pages) {
    const html = await readFile(`${directory}/${page}`, "utf8");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i);
  }
});
