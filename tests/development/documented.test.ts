import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingBrowser } from "../browser/support/browser.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { developmentServer } from "../support/server.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

const cleanUp = useCleanUp();

if (missingBrowser !== null) console.warn(`The documented tests were left out: ${missingBrowser}`);

describe.skipIf(missingBrowser !== null)("docs/testing-your-client.md", () => {
  it("its Playwright test passes as it stands, against the browser example", async () => {
    const server = cleanUp().use(await developmentServer());
    const example = Program.launch(process.execPath, [join(ROOT, "examples/browser/main.ts")], { PORT: "0" });
    cleanUp().defer(async () => {
      await example.end("SIGKILL");
    });
    await expect.poll(() => example.output).toContain("open http");
    const page = /open (http\S+)/.exec(example.output)?.[1] ?? "";

    const { path } = cleanUp().use(await temporaryDirectory());
    const [config = "", spec = ""] = await blocks("ts");
    await writeFile(join(path, "playwright.config.ts"), config);
    await writeFile(join(path, "chat.spec.ts"), spec);
    await symlink(join(ROOT, "node_modules"), join(path, "node_modules"));
    const run = Program.launch(
      process.execPath,
      [join(ROOT, "node_modules/@playwright/test/cli.js"), "test", "--workers=1", "--reporter=list"],
      {
        PARLEY_URL: server.url,
        CLIENT_URL: page,
        CHROMIUM: process.env.CHROMIUM ?? "/usr/bin/chromium",
      },
      { cwd: path },
    );
    cleanUp().defer(async () => {
      await run.end("SIGKILL");
    });
    expect(await run.ended(), run.output).toBe(0);
    expect(run.output).toContain("4 passed");
  }, 120_000);
});

async function blocks(language: string): Promise<string[]> {
  const text = await readFile(join(ROOT, "docs/testing-your-client.md"), "utf8");
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(
    ([, block = ""]) => block,
  );
}
