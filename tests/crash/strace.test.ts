import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { MAIN, Program, temporaryDirectory } from "../support/program.ts";
import { readTrace } from "./trace.ts";
import { missingTracer } from "./tracer.ts";

/** Every call that writes to a file or a socket, and those that make a file durable. */
const CALLS =
  "fsync,fdatasync,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,sync_file_range";
/** More than the largest frame of the server, so that no text is cut. */
const STRING_BYTES = 1_000_000;

const cleanUp = useCleanUp();

if (missingTracer !== null) console.warn(`The order of sync and send was left out: ${missingTracer}`);

describe.skipIf(missingTracer !== null)("the system calls of a conversation", () => {
  it("sync the log behind every event before it is handed to the network", async () => {
    const { path } = cleanUp().use(await temporaryDirectory());
    const file = join(path, "trace");
    // -D: the tracer steps aside, so that the program that is started is the server and gets its signals.
    const options = ["-D", "-f", "-q", "-y", "-s", `${STRING_BYTES}`, "-e", `trace=${CALLS}`, "-o", file];
    const environment = { PORT: "0", PARLEY_DATA: join(path, "data") };
    const program = Program.launch("strace", [...options, process.execPath, MAIN], environment);
    cleanUp().defer(async () => {
      await program.end("SIGKILL");
    });
    await program.listening();

    const chats = await Promise.all([true, false].map((streaming) => talk(program.url, streaming)));
    const ids = chats.flatMap(({ seen }) => seen.filter(({ sequence }) => sequence !== null));
    await program.end("SIGTERM");
    const isOver = new RegExp(`^${program.pid} +\\+\\+\\+ exited`, "m");
    const trace = () => readFile(file, "utf8");
    await expect.poll(async () => isOver.test(await trace())).toBe(true);

    const { sent, early } = readTrace((await trace()).split("\n"));
    expect([...early], "sent before they were on disk").toEqual([]);
    const unseen = ids.filter(({ id, type }) => !sent.has(id) && type !== EVENT.POLY_AGENT_MESSAGE_CHUNK);
    expect(unseen, "received, but not found in the trace").toEqual([]);
    expect(sent.size).toBeGreaterThan(150);
  }, 120_000);
});

/** A conversation with several answers at once, a second socket, and an end. */
async function talk(url: string, streaming: boolean): Promise<Chat> {
  const chat = await Chat.create(url, { streaming_enabled: streaming });
  await chat.connect();
  await chat.join();
  for (const text of ["menu", "story", "hello", "fail midway", "call me"]) chat.say(text, { local_id: text });
  await chat.until(() => chat.of(EVENT.SYSTEM_MESSAGE).length > 0, "the failure");
  chat.say("story", { local_id: "another story" });
  const text = () => chat.messages.map((message) => message.text);
  await chat.until(
    () => text().filter((one) => one.includes("have a look inside")).length === 2,
    "both stories",
  );
  chat.send(EVENT.USER_END_SESSION);
  await chat.until(() => chat.of(EVENT.SESSION_END).length > 0, "the end");
  return chat;
}
