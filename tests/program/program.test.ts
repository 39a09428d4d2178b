import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

const cleanUp = useCleanUp();

const directory = async () => cleanUp().use(await temporaryDirectory()).path;

const started = async (environment: Record<string, string>, cwd?: string) => {
  const program = await Program.start(environment, cwd === undefined ? {} : { cwd });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return program;
};

/** Starts the program where it must not start. */
const refused = async (environment: Record<string, string>, cwd?: string) => {
  const main = join(ROOT, "packages/server/src/main.ts");
  const program = Program.launch(
    process.execPath,
    [main],
    { PORT: "0", ...environment },
    cwd === undefined ? {} : { cwd },
  );
  expect(await program.ended()).toBe(1);
  return program.output;
};

describe("starting", () => {
  it("says where to go and what to use, and nothing else", async () => {
    const program = await started({ PARLEY_DATA: await directory() });
    // What is loaded with the first request says nothing either.
    expect((await fetch(`${program.url}/playground/sessions`)).status).toBe(200);
    expect(program.output.trim().split("\n")).toEqual([
      expect.stringMatching(/^Parley is listening on http:\/\/localhost:\d+$/),
      expect.stringMatching(/^ {2}connector token {2}demo$/),
      expect.stringMatching(/^ {2}host {13}localhost$/),
      expect.stringContaining("browser"),
      expect.stringMatching(/^Open http:\/\/localhost:\d+\/desk /),
    ]);
    expect(await (await fetch(`${program.url}/health`)).json()).toEqual({ status: "ok" });
  });

  it("keeps what it has compiled of its sources, its threads' too, for the next start", async () => {
    const program = await started({ PARLEY_DATA: await directory() });
    expect(await program.end("SIGTERM")).toBe(0);
    // A folder for each version of Node and its flags, with what that made of every source.
    const compiled = await readdir(join(ROOT, "packages/server/dist/compiled"), {
      recursive: true,
      withFileTypes: true,
    });
    const files = compiled.filter((entry) => entry.isFile());
    const sources = await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")),
    );
    const has = (text: string) => sources.some((source) => source.includes(text));
    expect([has("class Upgrades"), has("class SqliteWrites")]).toEqual([true, true]);
  });

  it("keeps its data and its secret for its user alone", async () => {
    const data = join(await directory(), "data");
    await started({ PARLEY_DATA: data });
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect((await stat(join(data, "secret"))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["a wrong value", { PARLEY_IDLE_SECONDS: "soon" }, /PARLEY_IDLE_SECONDS.*soon/],
    ["an address for all without a configuration", { HOST: "0.0.0.0" }, /PARLEY_DEMO=1/],
    ["a configuration that is not there", { PARLEY_CONFIG: "nowhere.ts" }, /nowhere\.ts/],
  ])("stops with an explanation: %s", async (_, environment: Record<string, string>, explanation) => {
    const output = await refused({ PARLEY_DATA: await directory(), ...environment });
    expect(output).toMatch(explanation);
    expect(output).not.toContain("    at ");
  });

  it("stops with an explanation where the port is taken", async () => {
    const { url } = await started({ PARLEY_DATA: await directory() });
    const output = await refused({ PARLEY_DATA: await directory(), PORT: new URL(url).port });
    expect(output).toMatch(/Port \d+ on 127\.0\.0\.1 is taken/);
  });

  it("stops with an explanation where another process has the data", async () => {
    const data = await directory();
    await started({ PARLEY_DATA: data });
    expect(await refused({ PARLEY_DATA: data })).toContain(data);
  });

  it("stops with an explanation where the data directory is a file", async () => {
    const data = join(await directory(), "data");
    await writeFile(data, "");
    expect(await refused({ PARLEY_DATA: data })).toContain(data);
  });

  it("runs a configuration with an agent of its own", async () => {
    const project = await directory();
    await mkdir(join(project, "node_modules/@parley"), { recursive: true });
    const server = join(ROOT, "packages/server/src/index.ts");
    await writeFile(
      join(project, "parley.config.ts"),
      `import { defineConfig, functionAgent } from ${JSON.stringify(server)};
       const agent = functionAgent({
         name: "Echo",
         respond: async function* (turn) {
           yield turn.reason === "greeting" ? "Hello." : "You said: " + turn.messages.map((m) => m.text).join(", ");
         },
       });
       export default defineConfig({ connectors: [{ id: "site", token: "secret-token", hosts: ["localhost"], agent }] });`,
    );
    const { url, output } = await started({ PARLEY_DATA: await directory() }, project);
    expect(output).not.toContain("secret-token");
    const chat = await Chat.create(url, {}, "secret-token");
    await chat.connect();
    await chat.join();
    chat.say("hi");
    await chat.until(() => chat.messages.length === 2, "the answer");
    expect(chat.messages.map(({ text }) => text)).toEqual(["Hello.", "You said: hi"]);
    expect((await fetch(`${url}/`)).status, "no playground where others can connect").toBe(404);
  });
});

it("tells a proxy for how long it may keep its connection", async () => {
  const program = await started({ PARLEY_DATA: await directory(), PARLEY_KEEP_ALIVE_SECONDS: "75" });
  const answer = await fetch(`${program.url}/health`);
  expect(answer.headers.get("Keep-Alive")).toBe("timeout=75");
});

it("answers a POST without a body and without a word on its length, as curl sends it", async () => {
  const { url } = await started({ PARLEY_DATA: await directory() });
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  cleanUp().defer(() => void socket.destroy());
  socket.write(
    "POST /api/v1/access-token HTTP/1.1\r\nHost: localhost\r\nX-Token: demo\r\nX-Host: localhost\r\n\r\n",
  );
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
});

describe("stopping", () => {
  it("closes sockets with 1012, ends well, and goes on after the next start", async () => {
    const data = await directory();
    const first = await started({ PARLEY_DATA: data });
    const chat = await Chat.create(first.url);
    await chat.connect();
    await chat.join();
    expect(await first.end("SIGTERM")).toBe(0);
    await chat.until(() => chat.closed !== null, "the close");
    expect(chat.closed).toBe(1012);
    expect(await readdir(data)).not.toContain("journal.db-wal");

    const second = await started({ PARLEY_DATA: data });
    await chat.connect({ url: second.url });
    chat.say("hello again");
    await chat.until(() => chat.messages.length === 2, "the answer");
  });

  it("lets an answer finish that is under way", async () => {
    const program = await started({ PARLEY_DATA: await directory() });
    const chat = await Chat.create(program.url);
    await chat.connect();
    await chat.join();
    chat.say("wait 1");
    await chat.until(() => chat.of(EVENT.USER_MESSAGE).length === 1, "the echo");
    expect(await program.end("SIGTERM")).toBe(0);
    expect(chat.messages).toHaveLength(2);
  });

  it("is reached by a signal to npm start", async () => {
    const program = Program.launch(
      "npm",
      ["start"],
      { PORT: "0", PARLEY_DATA: await directory() },
      { cwd: ROOT },
    );
    cleanUp().defer(async () => {
      await program.end("SIGKILL");
    });
    await program.listening();
    expect(await program.end("SIGTERM")).toBe(0);
    await expect(fetch(`${program.url}/health`)).rejects.toThrow();
  });
});
