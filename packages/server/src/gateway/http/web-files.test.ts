import { mkdir, writeFile } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { temporaryDirectory } from "../../../../../tests/support/program.ts";
import { loadWebFiles, WebFile } from "./web-files.ts";

const cleanUp = useCleanUp();
const long = Buffer.from("let a = 1;\n".repeat(1_000));

describe("a built file", () => {
  it.each([
    ["br, gzip", "br"],
    ["gzip, deflate", "gzip"],
    ["gzip;q=0", null],
    ["", null],
  ])("is sent for Accept-Encoding %j as %s", async (accepted, encoding) => {
    const sent = await new WebFile("a.js", long).encoded(accepted);
    expect(sent.encoding).toBe(encoding);
    const plain = { br: brotliDecompressSync, gzip: gunzipSync, none: (bytes: Buffer) => bytes }[
      encoding ?? "none"
    ];
    expect(plain?.(sent.body)).toEqual(long);
  });

  it("is compressed once, and not where that is of no use", async () => {
    const file = new WebFile("a.js", long);
    expect((await file.encoded("br")).body).toBe((await file.encoded("br")).body);
    expect((await new WebFile("a.png", long).encoded("br")).encoding).toBe(null);
    expect((await new WebFile("a.js", Buffer.from("1")).encoded("br")).encoding).toBe(null);
  });
});

it("only what was there when the server started is served", async () => {
  const { path } = cleanUp().use(await temporaryDirectory());
  await mkdir(`${path}/widget`);
  await writeFile(`${path}/widget/index.html`, "<p>1");
  const web = await loadWebFiles(path);
  await writeFile(`${path}/late.js`, "");
  expect(web.page("widget")).toBe("<p>1");
  expect(web.read("late.js")).toBe(undefined);
  expect(web.read("../widget/index.html")).toBe(undefined);
  expect(() => web.page("desk")).toThrow("desk was not built");
});
