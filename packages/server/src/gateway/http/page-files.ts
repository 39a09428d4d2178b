import { readdir, readFile } from "node:fs/promises";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the page, as a browser takes it. */
export interface PageFile {
  /** With its character set. */
  readonly type: string;
  readonly text: string;
}

/** The playground: a document, and what it loads from beneath `/playground/`. */
export interface PageFiles {
  readonly html: string;
  /** @param path behind `/playground/` @returns undefined where there is none */
  read(path: string): PageFile | undefined;
}

const PLAYGROUND = fileURLToPath(new URL("../../playground", import.meta.url));
/** The client is the page's own: it is served beside it, module by module, as it imports itself. */
const CLIENT = dirname(createRequire(import.meta.url).resolve("@parley/client"));

/** Reads the page's files. Only what was there then is ever served, whatever a path says. */
export async function loadPage(): Promise<PageFiles> {
  const [html, own, client] = await Promise.all([
    readFile(`${PLAYGROUND}/index.html`, "utf8"),
    readFiles(PLAYGROUND, ""),
    readFiles(CLIENT, "client/"),
  ]);
  const sources = new Map([...own, ...client]);
  const stripped = new Map<string, PageFile>();
  return {
    html,
    read(path) {
      const source = sources.get(path);
      if (source === undefined) return undefined;
      const file = stripped.get(path) ?? toFile(path, source);
      stripped.set(path, file);
      return file;
    },
  };
}

async function readFiles(directory: string, prefix: string): Promise<[path: string, source: string][]> {
  const names = (await readdir(directory)).filter(
    (name) => /\.(?:ts|css)$/.test(name) && !/\.test\./.test(name),
  );
  return Promise.all(
    names.map(async (name) => [prefix + name, await readFile(`${directory}/${name}`, "utf8")] as const),
  ).then((files) => files.map(([path, source]) => [path, source]));
}

const toFile = (path: string, source: string): PageFile =>
  path.endsWith(".css")
    ? { type: "text/css; charset=utf-8", text: source }
    : { type: "text/javascript; charset=utf-8", text: withoutTypes(source) };

/**
 * A module as Node itself would run it, every position where it was. Node says once that this function may still change:
 * that is for who updates Node, and not for the terminal of who tries this server.
 */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
