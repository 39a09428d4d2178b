import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEMO_TRIGGERS } from "../profile.ts";
import { readArguments } from "./arguments.ts";

function file(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-conformance-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "profile.json");
  writeFileSync(path, content);
  return path;
}

const URL = "http://localhost:8080";

/** What a run was asked for. */
function asked(...args: string[]) {
  const request = readArguments([URL, ...args]);
  if (request.task !== "run") throw new Error(request.task);
  return request;
}

describe("the command line", () => {
  it("takes the demo's connector unless it is told another", () => {
    expect(asked().profile).toMatchObject({
      url: URL,
      connector: { token: "demo", host: "localhost" },
      triggers: DEMO_TRIGGERS,
    });
    expect(asked("--token", "t", "--host", "h").profile.connector).toEqual({ token: "t", host: "h" });
  });

  it("takes what a file knows of the server, and the command line wins", () => {
    const path = file('{"idleSeconds":5,"connector":{"token":"f","host":"f"},"triggers":{"story":"tell"}}');
    const { profile } = asked("--profile", path, "--host", "h", "--patient");
    expect(profile).toMatchObject({ idleSeconds: 5, connector: { token: "f", host: "h" }, patient: true });
    expect(profile.triggers).toEqual({ story: "tell" });
  });

  it("selects by the beginning of the id, of one or of several", () => {
    const ids = (...args: string[]) => asked(...args).selected.map(({ id }) => id);
    expect(ids("--only", "2.cursor.").length).toBeGreaterThan(5);
    expect(ids("--only", "2.cursor.").every((id) => id.startsWith("2.cursor."))).toBe(true);
    expect(ids("--only", "2.cursor.zero,4.key.none")).toEqual(["2.cursor.zero", "4.key.none"]);
    expect(ids("--only", "4.key.none", "--only", "2.cursor.zero")).toEqual(["2.cursor.zero", "4.key.none"]);
  });

  it("needs no server to help, or to list", () => {
    expect(readArguments(["--help"])).toEqual({ task: "help" });
    expect(readArguments(["--list", "--only", "8."]).task).toBe("list");
  });

  it.each([
    ["no URL", [], "expected the server's URL, as http://localhost:8080; got none"],
    ["two URLs", [URL, "http://b"], "expected one URL; got also http://b"],
    ["what is no URL", ["localhost"], "expected an http(s) URL, as http://localhost:8080; got localhost"],
    ["another protocol", ["ws://localhost"], "got ws://localhost"],
    ["a URL with a path", [`${URL}/api/v1`], "scheme, host and port alone"],
    ["an unknown option", [URL, "--nope"], "Unknown option '--nope'"],
    ["an option without its value", [URL, "--profile"], "--profile"],
    ["a prefix of no check", [URL, "--only", "9."], 'the beginning of a check\'s id; got "9."'],
    ["one of several that is none", [URL, "--only", "2.cursor,9."], 'got "9."'],
    ["a concurrency that is no number", [URL, "--concurrency", "many"], 'from 1 to 64; got "many"'],
    ["a concurrency of nothing", [URL, "--concurrency", "0"], 'from 1 to 64; got "0"'],
    ["a concurrency beyond all measure", [URL, "--concurrency", "65"], 'from 1 to 64; got "65"'],
    ["a file that is not there", [URL, "--profile", "/nowhere.json"], "/nowhere.json"],
  ])("refuses %s", (_, args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
