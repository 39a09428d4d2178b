import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

/** Bytes after minification and gzip: what a page pays for a whole conversation. */
const LIMIT = 8_192;

const entry = new URL("./index.ts", import.meta.url).pathname;

/** What a bundler makes of one import. */
async function bundle(names: string): Promise<string> {
  const virtual = {
    name: "entry",
    resolveId: (id: string) => (id === "entry.ts" ? id : null),
    load: (id: string) => (id === "entry.ts" ? `export { ${names} } from ${JSON.stringify(entry)};` : null),
  };
  const build = await rolldown({ input: "entry.ts", plugins: [virtual], platform: "browser" });
  const { output } = await build.generate({ format: "esm", minify: true, comments: false });
  expect(output).toHaveLength(1);
  return output[0].code;
}

it(`is at most ${LIMIT} bytes gzipped: connection, outbox, reducer and conversation`, async () => {
  const code = await bundle("Conversation");
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(LIMIT);
});

it("imports nothing, and leaves out what is not used", async () => {
  const [conversation, connection] = [await bundle("Conversation"), await bundle("Connection")];
  expect(conversation).not.toMatch(/\bfrom\s*["'`]|\brequire\(/);
  expect(connection.length).toBeLessThan(conversation.length * 0.7);
});
