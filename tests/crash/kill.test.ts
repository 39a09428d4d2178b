import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const cleanUp = useCleanUp();

const start = async (data: string): Promise<Program> => {
  const program = await Program.start({ PARLEY_DATA: data });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return program;
};

it("a process that is killed in the middle of an answer loses nothing and doubles nothing", async () => {
  const data = cleanUp().use(await temporaryDirectory()).path;
  const first = await start(data);
  const chat = await Chat.create(first.url);
  await chat.connect();
  await chat.join();
  chat.say("story", { local_id: "the story" });
  await chat.until(() => chat.of(EVENT.POLY_AGENT_MESSAGE_CHUNK).length >= 5, "some of the story");
  await first.end("SIGKILL");
  const before = chat.seen.filter(({ sequence }) => sequence !== null);
  const brokenOff = chat.messages.at(-1);
  expect(brokenOff?.isComplete, "the answer was under way").toBe(false);

  const second = await start(data);
  await chat.connect({ url: second.url });
  // What a client does that does not know whether its message arrived.
  chat.say("story", { local_id: "the story" });
  await chat.until(
    () => chat.messages.length === 3 && chat.messages.every(({ isComplete }) => isComplete),
    "the rest",
  );

  const [, fragment, whole] = chat.messages;
  expect(fragment).toMatchObject({ id: brokenOff?.id, isComplete: true });
  expect(fragment?.text.startsWith(brokenOff?.text ?? "?")).toBe(true);
  expect(whole?.text.length).toBeGreaterThan(1_000);

  // One who was never there reads the same history: the same ids under the same numbers, without a hole.
  const echoes = chat.of(EVENT.USER_MESSAGE);
  expect(new Set(echoes.map(({ id, sequence }) => `${id} ${sequence}`)).size).toBe(1);
  const last = chat.cursor;
  const seen = new Map(chat.seen.map((event) => [event.sequence, event.id]));
  await chat.connect({ cursor: 1 });
  await chat.until(() => chat.seen.filter(({ sequence }) => sequence === last).length === 2, "the replay");
  const replayed = chat.seen.slice(chat.seen.findLastIndex(({ sequence }) => sequence === 2));
  const history = replayed.filter(({ sequence }) => sequence !== null);
  expect(history.map(({ sequence }) => sequence)).toEqual(Array.from({ length: last - 1 }, (_, i) => i + 2));
  const kept = new Map(history.map(({ id, sequence }) => [sequence, id]));
  for (const { id, sequence } of before) if (sequence !== 1) expect(kept.get(sequence)).toBe(id);
  for (const [sequence, id] of seen)
    if (sequence !== null && sequence > 1) expect(kept.get(sequence)).toBe(id);
});

it("a process that is killed in both attempts at an answer tells that failure before it goes on", async () => {
  const data = cleanUp().use(await temporaryDirectory()).path;
  const first = await start(data);
  const chat = await Chat.create(first.url);
  await chat.connect();
  await chat.join();
  chat.say("wait 60");
  chat.say("good day");
  await chat.until(() => chat.of(EVENT.USER_MESSAGE).length === 2, "the echoes");
  await first.end("SIGKILL");

  const second = await start(data);
  const thinking = chat.of(EVENT.POLY_AGENT_THINKING).length;
  await chat.connect({ url: second.url });
  await chat.until(() => chat.of(EVENT.POLY_AGENT_THINKING).length > thinking, "the second attempt");
  await second.end("SIGKILL");

  const third = await start(data);
  await chat.connect({ url: third.url });
  await chat.until(() => chat.messages.at(-1)?.text.startsWith("You said: good day") === true, "the answer");
  const told = chat.seen.findIndex(({ type }) => type === EVENT.SYSTEM_MESSAGE);
  const answered = chat.seen.findLastIndex(({ type }) => type === EVENT.POLY_AGENT_MESSAGE_CHUNK);
  expect(chat.seen[told]).toMatchObject({ payload: { message: SYSTEM_MESSAGES.failedBeforeWords } });
  expect(told).toBeLessThan(answered);
});
