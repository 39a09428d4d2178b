import { rename } from "node:fs/promises";
import { join } from "node:path";
import { CLOSE, EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { readReplay } from "./replay.ts";
import { problemsOfHistory, problemsOfView } from "./rules.ts";
import { failCalls, missingTracer } from "./tracer.ts";

const cleanUp = useCleanUp();

const start = async (data: string): Promise<Program> => {
  // Sleepers are looked after in a tenth of the idle time, and with them the journal's fault.
  const program = await Program.start({ PARLEY_DATA: data, PARLEY_IDLE_SECONDS: "10" });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return program;
};

const health = async (url: string) => {
  const answer = await fetch(`${url}/health`);
  return `${answer.status} ${((await answer.json()) as { reason?: string }).reason ?? ""}`;
};

/** A fault that can be made and mended under a running server, and what `/health` says of it. */
type Fault = [
  what: string,
  explanation: RegExp,
  make: (data: string, pid: number) => Promise<() => Promise<void>>,
];

const calls = (call: string, error: string) => (data: string, pid: number) =>
  failCalls(pid, { call, error, files: [join(data, "journal.db"), join(data, "journal.db-wal")] });

const moveAway = async (data: string) => {
  const file = join(data, "journal.db");
  await rename(file, `${file}.away`);
  return () => rename(`${file}.away`, file);
};

const INJECTED: Fault[] = [
  ["a disk that is full", /^503 .*journal\.db.*Free some space/, calls("pwrite64", "ENOSPC")],
  ["a disk that cannot be written", /^503 .*journal\.db.*Check the disk/, calls("pwrite64", "EIO")],
  ["a disk that does not keep what was written", /^503 .*journal\.db.*Check the disk/, calls("fsync", "EIO")],
];
const FAULTS: Fault[] = [["a journal that is moved away", /^503 .*journal\.db.*removed/, moveAway]];

if (missingTracer === null) FAULTS.push(...INJECTED);
else console.warn(`A disk that fails was left out: ${missingTracer}`);

describe.each(FAULTS)("%s in the middle of an answer", (_what, explanation, make) => {
  it("is told, nothing is sent that is not kept, and all goes on by itself when it has passed", async () => {
    const data = cleanUp().use(await temporaryDirectory()).path;
    const first = await start(data);
    const { url } = first;
    const chat = await Chat.create(url);
    await chat.connect();
    await chat.join();
    chat.say("story", { local_id: "the story" });
    await chat.until(() => chat.of(EVENT.POLY_AGENT_MESSAGE_CHUNK).length >= 5, "some of the story");

    const mend = await make(data, first.pid);
    chat.say("good day", { local_id: "in vain" });
    await chat.until(() => chat.closed !== null, "the close");
    expect(chat.closed).toBe(CLOSE.internal);
    const lost = () => chat.of(EVENT.USER_MESSAGE).filter(({ payload }) => payload.text === "good day");
    expect(lost(), "an echo is a receipt").toEqual([]);
    expect(await health(url)).toMatch(explanation);
    await expect(chat.connect(), "a refusal would end the conversation").rejects.toThrow(
      /ECONNRESET|socket hang up/,
    );
    await expect(Chat.create(url)).rejects.toThrow("500");

    await mend();
    await expect.poll(() => health(url)).toBe("200 ");
    await chat.connect();
    chat.say("good day", { local_id: "in vain" });
    const texts = () => chat.messages.map(({ text }) => text);
    await chat.until(() => texts().some((text) => text.endsWith("*human*.")), "the answer");
    await chat.until(() => chat.messages.every(({ isComplete }) => isComplete), "its end");
    expect(
      texts().filter((text) => text.endsWith("(https://example.com/lume).")),
      "the story",
    ).toHaveLength(1);
    expect(lost()).toHaveLength(1);

    await first.end("SIGKILL");
    const second = await start(data);
    const place = { url: second.url, accessToken: chat.accessToken };
    const { events } = await readReplay(place, chat.sessionId, 1);
    const history = [...events];
    const [beginning] = (await readReplay(place, chat.sessionId, 0)).events;
    if (beginning !== undefined) history.unshift(beginning);
    expect(problemsOfHistory(history)).toEqual([]);
    expect(problemsOfView({ sockets: [{ cursor: 0, events: chat.seen }] }, history)).toEqual([]);
  });
});
