import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { SOURCES } from "./config.ts";

const require = createRequire(import.meta.url);
const BUILD = fileURLToPath(new URL(".", import.meta.url));
/** Characters of the stamp: enough that two states of the sources do not share one. */
const LENGTH = 16;

/** All that goes into the pages: their sources, the client's, and how they are built. */
const INGREDIENTS = [SOURCES, BUILD, dirname(require.resolve("@parley/client"))];

/** Names the state of what goes into the pages, and the versions of what they are built with. */
export async function stampOf(directories: readonly string[] = INGREDIENTS): Promise<string> {
  const files = (await Promise.all(directories.map(filesIn))).flat();
  const hash = createHash("sha256");
  // One after the other: a server that may open few files starts all the same.
  for (const path of files) {
    // Checked out with CRLF it is the same source.
    const text = (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
    hash.update(`${relative(SOURCES, path).replaceAll("\\", "/")}\0${text}\0`);
  }
  for (const tool of ["vite", "preact"]) hash.update(`${tool} ${require(`${tool}/package.json`).version}\0`);
  return hash.digest("hex").slice(0, LENGTH);
}

/** Every file beneath a directory but tests, in an order that is the same everywhere. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
