import { mkdtempDisposable, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { loadSigningSecret, SecretError } from "./secret.ts";

const directory = () => mkdtempDisposable(join(tmpdir(), "parley-secret-"));

describe("the signing secret of a data directory", () => {
  it("is made once and read later", async () => {
    await using data = await directory();
    const path = join(data.path, "data");
    const made = await loadSigningSecret(path);
    expect(made.symmetricKeySize).toBe(43);
    expect((await loadSigningSecret(path)).equals(made)).toBe(true);
    expect(await readdir(path)).toEqual(["secret"]);
  });

  it.skipIf(process.platform === "win32")("can be read by its owner alone", async () => {
    await using data = await directory();
    await loadSigningSecret(data.path);
    expect((await stat(join(data.path, "secret"))).mode & 0o777).toBe(0o600);
  });

  it("is another one in another directory", async () => {
    await using first = await directory();
    await using second = await directory();
    const secret = await loadSigningSecret(first.path);
    expect((await loadSigningSecret(second.path)).equals(secret)).toBe(false);
  });

  it("is made anew over what a crash left half-written", async () => {
    await using data = await directory();
    await writeFile(join(data.path, "secret.tmp"), "half");
    await loadSigningSecret(data.path);
    expect(await readdir(data.path)).toEqual(["secret"]);
  });

  it.each([
    ["empty", ""],
    ["short", "abc"],
    ["not base64url", `${"a".repeat(60)}!`],
    ["zeros", "\0".repeat(44)],
    ["two lines", `${"a".repeat(43)}\n${"b".repeat(43)}\n`],
  ])("stops the start where it is damaged: %s", async (_, text) => {
    await using data = await directory();
    const path = join(data.path, "secret");
    await writeFile(path, text);
    const failure = await loadSigningSecret(data.path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SecretError);
    expect(String(failure)).toContain(path);
    if (text.trim() !== "") expect(String(failure)).not.toContain(text.trim());
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("says where it cannot be kept or read", async () => {
    await using data = await directory();
    await writeFile(join(data.path, "file"), "");
    await expect(loadSigningSecret(join(data.path, "file", "data"))).rejects.toThrow(SecretError);
  });

  it("does not show in a log", async () => {
    await using data = await directory();
    const secret = await loadSigningSecret(data.path);
    const text = (await readFile(join(data.path, "secret"), "utf8")).trim();
    expect(JSON.stringify({ secret }) + inspect({ secret })).not.toContain(text);
  });
});
