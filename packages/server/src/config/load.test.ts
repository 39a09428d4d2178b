import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadSettings } from "./load.ts";
import { ConfigError } from "./problems.ts";
import type { Environment } from "./settings.ts";

const demoAgent = { name: "demo", avatarUrl: "", async *respond() {} };
const content = (port: number) =>
  `export default { port: ${port}, connectors: [{ id: "web", token: "web-token", hosts: ["a.example"] }] };`;

/** Starts in a directory with these files. */
async function start(files: Record<string, string>, environment: Environment = {}) {
  await using directory = await mkdtempDisposable(join(tmpdir(), "parley-config-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory.path, name), text);
  return await loadSettings(environment, { workingDirectory: directory.path, demoAgent });
}

describe("the configuration file", () => {
  it.each([["parley.config.ts"], ["parley.config.mjs"], ["parley.config.js"]])(
    "is found as %s",
    async (name) => {
      const settings = await start({ [name]: content(9001) });
      expect(settings).toMatchObject({ mode: "configured", port: 9001 });
      expect(settings.file).toMatch(new RegExp(`${name}$`));
    },
  );

  it("may be TypeScript", async () => {
    const text = `const port: number = 9002;\n${content(0).replace("port: 0", "port")}`;
    expect(await start({ "parley.config.ts": text })).toMatchObject({ port: 9002 });
  });

  it("is the one that PARLEY_CONFIG names", async () => {
    const files = { "parley.config.mjs": content(9003), "other.mjs": content(9004) };
    expect(await start(files, { PARLEY_CONFIG: "other.mjs" })).toMatchObject({ port: 9004 });
    expect(await start(files, { PARLEY_CONFIG: "" })).toMatchObject({ port: 9003 });
  });

  it("need not exist", async () => {
    expect(await start({ "unrelated.ts": "" })).toMatchObject({ mode: "development", file: null });
  });
});

describe("a configuration file that cannot be used stops the start", () => {
  it.each<[string, Record<string, string>, Environment, string]>([
    ["named, but not there", {}, { PARLEY_CONFIG: "gone.ts" }, "PARLEY_CONFIG: expected the path of a file"],
    [
      "two of them",
      { "parley.config.ts": content(1), "parley.config.js": content(2) },
      {},
      "There is more than one configuration",
    ],
    [
      "it throws",
      { "parley.config.mjs": 'throw new Error("no database");' },
      {},
      "could not be run: no database",
    ],
    ["it does not parse", { "parley.config.mjs": "export default {" }, {}, "could not be run"],
    ["no default export", { "parley.config.mjs": "export const port = 1;" }, {}, "has no default export"],
    ["a wrong value", { "parley.config.mjs": content(-1) }, {}, "port: expected a whole number"],
  ])("%s", async (_, files, environment, message) => {
    const failure = await start(files, environment).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(String(failure)).toContain(message);
  });
});
