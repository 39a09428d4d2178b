import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

const cleanUp = useCleanUp();

/** A block of code of a language in the README. @param index 0 for the first one */
async function readmeBlock(language: string, index = 0): Promise<string> {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const blocks = readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"));
  const block = [...blocks][index]?.[1];
  if (block === undefined) throw new Error(`the README has no ${language}`);
  return block;
}

async function started(environment: Record<string, string>, cwd?: string): Promise<Program> {
  const program = await Program.start(environment, cwd === undefined ? {} : { cwd });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return program;
}

it("the README's client works as it stands", async () => {
  const directory = cleanUp().use(await temporaryDirectory()).path;
  const { url } = await started({ PARLEY_DATA: join(directory, "data") });
  const file = join(directory, "chat.mjs");
  await writeFile(file, (await readmeBlock("js")).replace("http://localhost:8080", url));
  const client = Program.launch(process.execPath, [file], {});
  cleanUp().defer(async () => {
    await client.end("SIGKILL");
  });
  await expect.poll(() => client.output).toMatch(/POLY_AGENT_MESSAGE.*Tagliatelle/s);
});

it("the README's conversation works as it stands", async () => {
  const directory = cleanUp().use(await temporaryDirectory()).path;
  const { url } = await started({ PARLEY_DATA: join(directory, "data") });
  const file = join(directory, "chat.mjs");
  const client = JSON.stringify(join(ROOT, "packages/client/src/index.ts"));
  const code = (await readmeBlock("js", 1)).replace('"@parley/client"', client);
  await writeFile(file, code.replace("http://localhost:8080", url));
  const program = Program.launch(process.execPath, [file], {});
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  await expect.poll(() => program.output).toContain("Tagliatelle");
});

it("the README's agent works as it stands", async () => {
  const directory = cleanUp().use(await temporaryDirectory()).path;
  const server = JSON.stringify(join(ROOT, "packages/server/src/index.ts"));
  const config = (await readmeBlock("ts")).replace('"@parley/server"', server);
  await writeFile(join(directory, "parley.config.ts"), config);
  const { url } = await started({ PARLEY_DATA: join(directory, "data") }, directory);
  const chat = await Chat.create(url, {}, "choose-a-token");
  await chat.connect();
  await chat.join();
  chat.say("hi");
  await chat.until(() => chat.messages.length === 2, "the answer");
  expect(chat.messages.map(({ text }) => text)).toEqual(["Hello. Say something.", "You said: hi"]);
});
