import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, missingBrowser } from "../tests/browser/support/browser.ts";
import { type RunningServer, startServer } from "../tests/browser/support/start-server.ts";

let server: RunningServer;
const children: ChildProcess[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server?.[Symbol.asyncDispose]();
});

/** An example as its one command starts it, on a free port. */
function run(name: string, ...args: string[]) {
  const file = new URL(`./${name}/main.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, PORT: "0" } });
  children.push(child);
  let output = "";
  const says = async (what: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = what.exec(output);
      if (found) return found;
      if (child.exitCode !== null) throw new Error(`it ended:\n${output}`);
      await Promise.race([once(child.stdout, "data"), once(child.stderr, "data"), once(child, "exit")]);
    }
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return { child, says };
}

it("node-cli talks, and ends", async () => {
  const { child, says } = run("node-cli", server.url);
  await says(/\* Ada joined/);
  child.stdin.write("A table for two\n");
  await says(/Ada: .*A table for two/s);
  child.stdin.write("/end\n");
  await says(/\* the conversation is over/);
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
});

if (missingBrowser !== null) console.warn(`The examples in a browser were left out: ${missingBrowser}`);

describe.skipIf(missingBrowser !== null)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  async function open(name: string): Promise<{ page: Page; errors: string[] }> {
    const [, url] = await run(name).says(/open (http\S+)/);
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${url}/?server=${encodeURIComponent(server.url)}`);
    return { page, errors };
  }

  it("browser talks, over a reload too", async () => {
    const { page, errors } = await open("browser");
    await page.locator("#status", { hasText: "Ada" }).waitFor();
    await page.getByLabel("Message").fill("A table for two");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("li.agent.complete", { hasText: "A table for two" }).waitFor();
    const said = await page.locator("li").allTextContents();
    await page.reload();
    await page.locator("li.agent.complete", { hasText: "A table for two" }).waitFor();
    expect(await page.locator("li").allTextContents()).toEqual(said);
    expect(errors).toEqual([]);
  });

  it("ai-sdk talks: useChat greets, streams, and is ready again", async () => {
    const { page, errors } = await open("ai-sdk");
    await page.locator("article.assistant").first().waitFor();
    await page.getByLabel("Message").fill("story");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("output", { hasText: "streaming" }).waitFor();
    await page.locator("output", { hasText: "ready" }).waitFor();
    const answer = (await page.locator("article.assistant").last().textContent()) ?? "";
    expect(answer.length).toBeGreaterThan(1_000);
    expect(await page.locator("article").count()).toBe(3);
    await page.reload();
    await page.locator("article").nth(2).waitFor();
    expect(await page.locator("article.user").allTextContents()).toEqual(["story"]);
    expect(errors).toEqual([]);
  });
});
