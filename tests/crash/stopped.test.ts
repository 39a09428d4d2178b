import { setTimeout as sleep } from "node:timers/promises";
import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const IDLE_SECONDS = 1;
/** Longer than a session lives without life, and than a timer may be late for other reasons, milliseconds. */
const STOPPED_MS = 3_000;

const cleanUp = useCleanUp();

/** A server whose sessions do not live long, with one conversation. */
async function start(): Promise<{ chat: Chat; stopFor: (ms: number) => Promise<void> }> {
  const { path } = cleanUp().use(await temporaryDirectory());
  const program = await Program.start({
    PARLEY_DATA: path,
    PARLEY_IDLE_SECONDS: `${IDLE_SECONDS}`,
    PARLEY_IDLE_MERCY_SECONDS: "0",
  });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  const chat = await Chat.create(program.url);
  await chat.connect();
  await chat.join();
  const stopFor = async (ms: number) => {
    process.kill(program.pid, "SIGSTOP");
    await sleep(ms);
    process.kill(program.pid, "SIGCONT");
  };
  return { chat, stopFor };
}

describe("a process that was stopped for longer than the idle time", () => {
  it("reads what its clients sent meanwhile, and ends nobody's session", async () => {
    const { chat, stopFor } = await start();
    const stopped = stopFor(STOPPED_MS);
    chat.say("good day");
    await stopped;
    await chat.until(() => chat.messages.length === 2 && chat.messages[1]?.isComplete === true, "the answer");
    expect(chat.of(EVENT.SESSION_END)).toEqual([]);
  });

  it("lets those back in who lost their connection meanwhile", async () => {
    const { chat, stopFor } = await start();
    const stopped = stopFor(STOPPED_MS);
    chat.drop();
    await stopped;
    await chat.connect();
    chat.say("good day");
    await chat.until(() => chat.messages.length === 2, "the answer");
  });

  it("ends those in their time who do not show themselves again", async () => {
    const { chat, stopFor } = await start();
    await stopFor(STOPPED_MS);
    await chat.until(() => chat.closed !== null, "the end");
    expect(chat.of(EVENT.SESSION_END)).toHaveLength(1);
  });
});
