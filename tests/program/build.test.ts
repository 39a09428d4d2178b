import { mkdir, readdir, writeFile } from "node:fs/promises";
import { BuildError, builtPages } from "@parley/web/built";
import { stampOf } from "@parley/web/stamp";
import { describe, expect, it, vi } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { temporaryDirectory } from "../support/program.ts";

const cleanUp = useCleanUp();
const directory = async () => cleanUp().use(await temporaryDirectory()).path;

describe("the built pages", () => {
  it("are built once, also for several who ask at once, and take the place of older ones", async () => {
    const dist = await directory();
    await mkdir(`${dist}/0123456789abcdef`);
    const onBuild = vi.fn();
    const built = await Promise.all([builtPages(onBuild, dist), builtPages(onBuild, dist)]);
    expect(built).toEqual(Array(2).fill(`${dist}/${await stampOf()}`));
    expect(await readdir(dist)).toEqual([await stampOf()]);
    expect(await readdir(built[0] ?? "")).toEqual(
      expect.arrayContaining(["assets", "widget", "widget.js", "widget.css"]),
    );
    expect(onBuild).toHaveBeenCalledTimes(2);
    await builtPages(onBuild, dist);
    expect(onBuild).toHaveBeenCalledTimes(2);
  });

  it("say what to do where they cannot be built", async () => {
    const dist = `${await directory()}/file`;
    await writeFile(dist, "");
    await expect(builtPages(() => {}, dist)).rejects.toThrow(BuildError);
    await expect(builtPages(() => {}, dist)).rejects.toThrow(/npm install/);
  });
});

it("a stamp changes with a source, with its name, and not with a test or the end of a line", async () => {
  const path = await directory();
  const seen = async (name: string, text: string) => {
    await writeFile(`${path}/${name}`, text);
    return stampOf([path]);
  };
  const first = await seen("a.ts", "one\ntwo");
  expect(await seen("a.ts", "one\r\ntwo")).toBe(first);
  expect(await seen("a.test.ts", "x")).toBe(first);
  const second = await seen("a.ts", "one");
  const third = await seen("b.ts", "");
  expect(new Set([first, second, third]).size).toBe(3);
});
