import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readArguments } from "./main.ts";

function file(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-conformance-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "profile.json");
  writeFileSync(path, content);
  return path;
}

const URL = "http://localhost:8080";

describe("the command line", () => {
  it("takes the demo's connector unless it is told another", () => {
    expect(readArguments([URL]).profile).toMatchObject({
      url: URL,
      connector: { token: "demo", host: "localhost" },
    });
    expect(readArguments([URL, "--token", "t", "--host", "h"]).profile?.connector).toEqual({
      token: "t",
      host: "h",
    });
  });

  it("takes what a file knows of the server, and the command line wins", () => {
    const path = file('{"idleSeconds":5,"connector":{"token":"f","host":"f"},"triggers":{"story":"tell"}}');
    const { profile } = readArguments([URL, "--profile", path, "--host", "h"]);
    expect(profile).toMatchObject({ idleSeconds: 5, connector: { token: "f", host: "h" } });
    expect(profile?.triggers).toEqual({ story: "tell" });
  });

  it("selects by the beginning of the id", () => {
    const { selected } = readArguments([URL, "--only", "2.cursor."]);
    expect(selected.length).toBeGreaterThan(5);
    expect(selected.every(({ id }) => id.startsWith("2.cursor."))).toBe(true);
  });

  it.each([
    ["no URL", [], "Give the server's URL"],
    ["two URLs", [URL, URL], "Give the server's URL"],
    ["what is no URL", ["localhost"], "Not an http(s) URL: localhost"],
    ["another protocol", ["ws://localhost"], "Not an http(s) URL"],
    ["an unknown option", [URL, "--nope"], "--nope"],
    ["a prefix of no check", [URL, "--only", "9."], 'No check\'s id begins with "9."'],
    ["a concurrency that is no number", [URL, "--concurrency", "many"], "--concurrency takes a number"],
    ["a file that is not there", [URL, "--profile", "/nowhere.json"], "/nowhere.json"],
  ])("refuses %s", (_, args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });

  it("refuses a profile with a key that nothing reads", () => {
    const path = file('{"idleSecond":5}');
    expect(() => readArguments([URL, "--profile", path])).toThrow("unknown idleSecond");
  });
});
