import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { MAIN, Program, temporaryDirectory } from "../support/program.ts";

const cleanUp = useCleanUp();

const SERVER = new URL("../../packages/server/src/index.ts", import.meta.url).pathname;
const CONFIG = `
import { defineConfig } from ${JSON.stringify(SERVER)};
export default defineConfig({ connectors: [{ id: "shop", token: "shop", hosts: ["localhost"] }] });
`;

it("an account that the command makes signs in by its password", async () => {
  const { path } = cleanUp().use(await temporaryDirectory());
  await writeFile(join(path, "parley.config.ts"), CONFIG);
  const environment = { PARLEY_DATA: join(path, "data") };
  const command = async (...args: string[]) => {
    const program = Program.launch(process.execPath, [MAIN, "desk", ...args], environment, { cwd: path });
    return { code: await program.ended(), output: program.output };
  };
  const start = async () => {
    const program = await Program.start(environment, { cwd: path });
    cleanUp().defer(async () => {
      await program.end("SIGKILL");
    });
    return program;
  };
  const signIn = (url: string, password: string) =>
    fetch(`${url}/desk/api/sign-in`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: url },
      body: JSON.stringify({ login: "ada@example.com", password }),
    });

  const added = await command("add", "ada@example.com", "--name", "Ada Lovelace", "--role", "supervisor");
  expect(added).toMatchObject({ code: 0, output: expect.stringContaining("can sign in at /desk") });
  const [password = ""] = added.output.split("\n");
  const program = await start();
  const signedIn = await signIn(program.url, password);
  expect(await signedIn.json()).toMatchObject({ name: "Ada Lovelace", role: "supervisor" });
  const Cookie = signedIn.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  expect(Cookie).toMatch(/^parley_desk=.{43}$/);
  const ways = (await (await fetch(`${program.url}/desk/api/sign-in`)).json()) as { development: unknown[] };
  expect(ways.development).toEqual([]);
  const me = await fetch(`${program.url}/desk/api/account`, { headers: { Cookie } });
  expect(me.status).toBe(200);
  expect(program.output).not.toContain(password);
});
