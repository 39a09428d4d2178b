import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { HTTP_ERRORS } from "@parley/protocol";
import type { Context, Env, Hono } from "hono";
import { refuse } from "./answers.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Below so many bytes a compressed answer is no smaller on the wire. */
const COMPRESS_FROM = 1_024;

/** A file of the built pages, as a browser takes it. */
export class WebFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Names the content, in quotes. */
  readonly etag: string;
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(path: string, bytes: Buffer) {
    this.type = TYPES[extname(path)] ?? "application/octet-stream";
    this.bytes = bytes;
    this.etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  }

  /**
   * The content as this client likes it best, compressed once and kept.
   * @param accepted `Accept-Encoding`
   */
  async encoded(accepted: string): Promise<{ encoding: "br" | "gzip" | null; body: Buffer }> {
    const isText = /^text|json|svg/.test(this.type);
    const encoding = (["br", "gzip"] as const).find((name) =>
      new RegExp(`\\b${name}\\b(?!;q=0)`).test(accepted),
    );
    if (!isText || this.bytes.length < COMPRESS_FROM || encoding === undefined) {
      return { encoding: null, body: this.bytes };
    }
    let body = this.#compressed.get(encoding);
    if (body === undefined) {
      body = compress(encoding, this.bytes);
      this.#compressed.set(encoding, body);
    }
    return { encoding, body: await body };
  }
}

/** The built pages [packages/web]. Only what was there when they were read is ever served, whatever a path says. */
export interface WebFiles {
  /** @param path from the top, without a slash before it @returns undefined where there is none */
  read(path: string): WebFile | undefined;
  /** The text of a page, by the name of its folder. @throws Error where it was not built */
  page(name: string): string;
}

/** Reads the built pages. @param directory what `builtPages` gave */
export async function loadWebFiles(directory: string): Promise<WebFiles> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = new Map<string, WebFile>();
  // One after the other: a server that may open few files starts all the same.
  for (const path of paths) {
    const name = relative(directory, path).split(sep).join("/");
    files.set(name, new WebFile(name, await readFile(path)));
  }
  return {
    read: (path) => files.get(path),
    page(name) {
      const file = files.get(`${name}/index.html`);
      if (file === undefined) throw new Error(`the page ${name} was not built`);
      return file.bytes.toString("utf8");
    },
  };
}

/** Answers with a file, or with 304 where the browser has it. @param headers `Cache-Control` among them */
export async function sendFile(
  c: Context,
  file: WebFile,
  headers: Record<string, string>,
): Promise<Response> {
  const shared = { ETag: file.etag, Vary: "Accept-Encoding", ...headers };
  if (c.req.header("If-None-Match")?.includes(file.etag)) return c.body(null, 304, shared);
  const { encoding, body } = await file.encoded(c.req.header("Accept-Encoding") ?? "");
  return c.body(new Uint8Array(body), 200, {
    "Content-Type": file.type,
    ...(encoding !== null && { "Content-Encoding": encoding }),
    ...shared,
  });
}

/** What the pages load, by names that change with the content: a browser asks once. */
export function serveAssets<E extends Env>(app: Hono<E>, web: WebFiles): void {
  app.get("/assets/:name", (c) => {
    const file = web.read(`assets/${c.req.param("name")}`);
    if (file === undefined) return refuse(c, HTTP_ERRORS.notFound);
    return sendFile(c, file, { "Cache-Control": "public, max-age=31536000, immutable" });
  });
}

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

const compress = (encoding: "br" | "gzip", bytes: Buffer): Promise<Buffer> =>
  encoding === "gzip"
    ? gzipped(bytes, { level: 9 })
    : brotlied(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
