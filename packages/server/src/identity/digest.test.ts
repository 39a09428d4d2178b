import { describe, expect, it } from "vitest";
import { findByCredential, SHA256_HEX, sameHash, sha256 } from "./digest.ts";

describe("hashes of credentials", () => {
  it("are SHA-256 of the UTF-8 form", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256("ü")).toMatch(SHA256_HEX);
  });

  it.each([
    [sha256("a"), sha256("a"), true],
    [sha256("a"), sha256("b"), false],
    [sha256("a"), sha256("a").slice(0, 62), false],
    [sha256("a"), "", false],
  ])("%s and %s: %s", (a, b, same) => {
    expect(sameHash(a, b)).toBe(same);
  });

  it("find their entry wherever it stands, and compare every one", () => {
    const entries = ["a", "b", "c"];
    const seen: string[] = [];
    const find = (presented: string) =>
      findByCredential(
        entries,
        (entry) => {
          seen.push(entry);
          return sha256(entry);
        },
        presented,
      );
    for (const entry of entries) expect(find(entry)).toBe(entry);
    expect(find("d")).toBeNull();
    expect(seen).toEqual([...entries, ...entries, ...entries, ...entries]);
  });
});
