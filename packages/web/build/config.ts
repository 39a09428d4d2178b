import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { InlineConfig } from "vite";

/** Where the sources are; the folders of pages beneath it are their paths on the server. */
export const SOURCES = fileURLToPath(new URL("../src", import.meta.url));

/** A folder of `src` with an `index.html` each. Another page is another line. */
const PAGES = ["widget", "playground", "playground/stage", "desk"];

/** What browsers must understand: two years of them, and the Safari that phones of that age still have. */
const TARGET = ["chrome120", "firefox121", "safari16.4"];

const COMMON: InlineConfig = {
  configFile: false,
  root: SOURCES,
  // Relative, so that a server behind a path of a proxy needs no build of its own.
  base: "./",
  logLevel: "warn",
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
};

/** The pages, and what they load from `assets/`: named by its content, so that it can be kept for ever. */
export const pages = (outDir: string): InlineConfig => ({
  ...COMMON,
  // Loaders of earlier versions, which pages have pinned.
  publicDir: fileURLToPath(new URL("../public", import.meta.url)),
  build: {
    outDir,
    emptyOutDir: true,
    target: TARGET,
    // A policy that forbids inline scripts forbids the polyfill too, and no browser of the target needs it.
    modulePreload: { polyfill: false },
    // A picture in a style sheet would need `data:` in the policy of every page.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: Object.fromEntries(
        PAGES.map((name) => [name.replace("/", "-"), `${SOURCES}/${name}/index.html`]).filter(
          ([, path = ""]) => existsSync(path),
        ),
      ),
    },
  },
});

/** The loader: one classic script, `widget.js`, that a page of somebody else's runs. */
export const loader = (outDir: string): InlineConfig => ({
  ...COMMON,
  publicDir: false,
  build: {
    outDir,
    emptyOutDir: false,
    target: TARGET,
    lib: {
      entry: `${SOURCES}/widget/loader/main.ts`,
      formats: ["iife"],
      name: "parleyWidget",
      fileName: () => "widget.js",
      // Not run from the script, which would be too large for every page: the server sends it with the settings.
      cssFileName: "widget",
    },
  },
});
