import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { temporaryDirectory } from "../support/program.ts";
import { configuredServer } from "../support/server.ts";
import { BrokenServer } from "./proxy.ts";

const BIN = new URL("../../packages/conformance/bin/parley-conformance.js", import.meta.url).pathname;

const cleanUp = useCleanUp();
let server: { url: string } & AsyncDisposable;

beforeAll(async () => {
  server = await configuredServer({ connectors: [{ id: "demo", token: "demo", hosts: ["localhost"] }] });
});
afterAll(() => server[Symbol.asyncDispose]());

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. */
function run(command: string, args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const conformance = (...args: string[]) => run(process.execPath, [BIN, ...args]);

describe("the command", () => {
  it("prints a line a check and a summary, and ends with 0 when none failed", async () => {
    const { status, stdout, stderr } = await conformance(server.url, "--only", "1.token.claims,8.start");
    expect(stdout).toMatch(/^pass §1 1\.token\.claims \(\d+ ms\): The token is HS256/m);
    expect(stdout).toMatch(
      /^n\/a {2}§8 8\.start\.context-id .*\n {7}the profile names no connector with a context key/m,
    );
    expect(stdout).toMatch(/\n2 passed, 0 failed, 1 not applicable\n$/);
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("ends with 1 when one failed, and shows why, with no token in it", async () => {
    const broken = cleanUp().use(
      await BrokenServer.start(server.url, { answer: (answer) => ({ ...answer, headers: {} }) }),
    );
    const directory = cleanUp().use(await temporaryDirectory());
    const report = join(directory.path, "report.xml");
    const { status, stdout } = await conformance(
      broken.url,
      "--only",
      "1.correlation.made",
      "--json",
      "--junit",
      report,
    );
    expect(status).toBe(1);
    const { summary, results } = JSON.parse(stdout);
    expect(summary).toEqual({ passed: 0, failed: 1, notApplicable: 0 });
    expect(results[0]).toMatchObject({ id: "1.correlation.made", section: "1", status: "fail" });
    expect(results[0].frames[0]).toContain('POST /api/v1/access-token → 200 {"access_token":"…"');
    expect(await readFile(report, "utf8")).toContain(
      '<testcase classname="section 1" name="1.correlation.made',
    );
  });

  it("lists, and helps", async () => {
    expect((await conformance("--list", "--only", "2.cursor.zero")).stdout).toBe(
      "2.cursor.zero: 0 is the beginning\n",
    );
    expect((await conformance("--help")).stdout).toContain("Usage: parley-conformance <url>");
  });

  it("ends with 2 where no server answers", async () => {
    const { status, stdout, stderr } = await conformance(`http://127.0.0.1:${await closedPort()}`);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^parley-conformance: no server answers at http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/,
    );
  });

  it("ends with 2 where the server does not know the connector", async () => {
    const { status, stderr } = await conformance(server.url, "--token", "nobody");
    expect(status).toBe(2);
    expect(stderr).toContain("refuses the connector with 401");
    expect(stderr).toContain("Connector token does not exist");
    expect(stderr).toContain("is it the right --token and --host?");
  });

  it("ends with 2 at a mistake in its options, its profile, or where a report cannot be written", async () => {
    const directory = cleanUp().use(await temporaryDirectory());
    const profile = join(directory.path, "profile.json");
    await writeFile(profile, '{"idleSeconds":"soon"}');
    const all = await Promise.all([
      conformance(),
      conformance(server.url, "--nope"),
      conformance(server.url, "--profile", profile),
      conformance(server.url, "--only", "1.token.claims", "--junit", join(directory.path, "no", "where.xml")),
    ]);
    expect(all.map(({ status }) => status)).toEqual([2, 2, 2, 2]);
    expect(all[0].stderr).toContain("expected the server's URL");
    expect(all[1].stderr).toContain("'--nope'");
    expect(all[2].stderr).toContain(
      `${profile}: idleSeconds: expected a number of seconds above 0; got 'soon'`,
    );
    expect(all[3].stderr).toContain("--junit: ENOENT");
  });
});

describe("on a Node that cannot run TypeScript", () => {
  const old = "--no-experimental-strip-types";

  it("hands over to the Node that the repository brings", async () => {
    const { status, stdout } = await run(process.execPath, [old, BIN, "--list", "--only", "2.cursor.zero"]);
    expect([status, stdout]).toEqual([0, "2.cursor.zero: 0 is the beginning\n"]);
  });

  it("keeps the exit status", async () => {
    const { status, stderr } = await run(process.execPath, [old, BIN]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("expected the server's URL")]);
  });

  it("says what it needs where there is no other", async () => {
    const { path } = cleanUp().use(await temporaryDirectory());
    await mkdir(join(path, "bin"));
    await writeFile(join(path, "package.json"), '{"type":"module"}');
    await writeFile(join(path, "bin", "command.js"), await readFile(BIN, "utf8"));
    const { status, stderr } = await run(process.execPath, [old, join(path, "bin", "command.js")]);
    expect(stderr).toBe(`parley-conformance needs Node 22.18 or newer; this is ${process.version}\n`);
    expect(status).toBe(2);
  });

  it("is started by its link too, as npx does it", async () => {
    const { path } = cleanUp().use(await temporaryDirectory());
    await symlink(BIN, join(path, "parley-conformance"));
    const { stdout } = await run(process.execPath, [
      join(path, "parley-conformance"),
      "--list",
      "--only",
      "2.cursor.zero",
    ]);
    expect(stdout).toBe("2.cursor.zero: 0 is the beginning\n");
  });
});

/** A port of 127.0.0.1 that was free just now. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address() as { port: number };
      listener.close(() => resolve(port));
    });
  });
}
