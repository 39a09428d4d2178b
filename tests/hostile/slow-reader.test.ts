import { CLOSE, EVENT, LIMITS } from "@parley/protocol";
import { expect, it } from "vitest";
import { demoAgent } from "../../packages/server/src/agents/demo/index.ts";
import { systemClock } from "../../packages/server/src/clock.ts";
import { resolve } from "../../packages/server/src/config/settings.ts";
import { type AgentPart, functionAgent } from "../../packages/server/src/index.ts";
import { silentLogger } from "../../packages/server/src/logger.ts";
import { startServer } from "../../packages/server/src/server.ts";
import { ManualClock } from "../../packages/server/src/testing/manual-clock.ts";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { temporaryDirectory } from "../support/program.ts";
import { frame, OPCODE, RawWebSocket } from "./frames.ts";

/** More than the network between two sockets of one machine holds for one that reads little: 4 MB and some 6 MB. */
const HISTORY = 220;
const MESSAGE = "x".repeat(LIMITS.messageBytes);
/** The server's clock goes on by so much with every turn of ours, about 50 times as fast as the wall's; milliseconds. */
const TURN_MS = 50;
/** How often a slow client takes something, by the server's clock, milliseconds. */
const SIP_MS = LIMITS.stalledSocketMs * 0.6;
/** What it takes then, bytes: the system tells its sender of room only when a third of its buffer is free. */
const SIP_BYTES = 1_500_000;

const cleanUp = useCleanUp();

/** A server whose time flies, and a session with a long history. */
async function longHistory() {
  const clock = new ManualClock(Date.now());
  const data = cleanUp().use(await temporaryDirectory());
  const agent = functionAgent({
    name: "Echo",
    respond: async function* (): AsyncGenerator<AgentPart> {
      yield { type: "text", text: "Yes." };
    },
  });
  const content = { connectors: [{ id: "site", token: "token", hosts: ["localhost"], agent }] };
  const settings = resolve(
    { PORT: "0", PARLEY_DATA: data.path },
    { path: "parley.config.ts", content },
    { workingDirectory: data.path, demoAgent: demoAgent(systemClock) },
  );
  const server = await startServer(settings, { logger: silentLogger, clock });
  const time = { flies: true };
  const timer = setInterval(() => time.flies && clock.advance(TURN_MS), 1);
  cleanUp().defer(async () => {
    await server.stop();
    clearInterval(timer);
  });
  const url = `http://127.0.0.1:${server.address.port}`;
  const chat = await Chat.create(url, {}, "token");
  await chat.connect();
  await chat.join();
  for (let i = 1; i <= HISTORY; i += 1) {
    chat.say(MESSAGE);
    await chat.until(() => chat.messages.length > i, "an answer");
  }
  const until = async (at: number) => {
    while (clock.now() < at) await new Promise(setImmediate);
  };
  return { clock, time, url, chat, until };
}

/** The server's pings wait behind the history: without a pong they would count as missed, and end the connection. */
function showLife(ws: RawWebSocket): void {
  const timer = setInterval(() => ws.raw.socket.writable && ws.write(frame({ opcode: OPCODE.pong })), 10);
  cleanUp().defer(() => clearInterval(timer));
}

const sequences = (ws: RawWebSocket): number[] =>
  ws.history.flatMap(({ sequence }) => (sequence === null ? [] : [sequence]));
const all = (chat: Chat): number[] => Array.from({ length: chat.cursor }, (_, i) => i + 1);

it("a client that takes nothing of a long replay is let go after 30 s, and gets the rest when it comes back", async () => {
  const { clock, url, chat, until } = await longHistory();
  const first = cleanUp().use(await RawWebSocket.open(url, chat));
  first.raw.socket.pause();
  showLife(first);
  await until(clock.now() + 2 * LIMITS.stalledSocketMs);
  first.raw.socket.resume();
  await first.raw.end();
  // The close frame stood behind what the client did not take, and went with it.
  expect([null, CLOSE.tryAgainLater]).toContain(first.closeCode);
  const had = sequences(first);
  expect(had.length).toBeLessThan(chat.cursor);

  const second = cleanUp().use(await RawWebSocket.open(url, chat, `${Math.max(0, ...had)}`));
  await second.until(() => sequences(second).at(-1) === chat.cursor, "the end of the history");
  expect([...had, ...sequences(second)]).toEqual(all(chat));

  // The other socket of the same session has noticed nothing.
  chat.say("still here");
  await chat.until(() => chat.of(EVENT.USER_MESSAGE).length > HISTORY, "an echo");
  expect(chat.closed).toBeNull();
});

it("one that takes a little now and then is served to the end", async () => {
  const { clock, time, url, chat, until } = await longHistory();
  const ws = cleanUp().use(await RawWebSocket.open(url, chat));
  const { socket } = ws.raw;
  socket.pause();
  showLife(ws);
  const since = clock.now();
  while (clock.now() < since + 2.5 * LIMITS.stalledSocketMs) {
    await until(clock.now() + SIP_MS);
    // A sip takes no time: the server looks only every 5 s, and would find that all was taken.
    time.flies = false;
    const sip = socket.bytesRead + SIP_BYTES;
    socket.resume();
    while (socket.bytesRead < sip && !ws.raw.ended) await new Promise(setImmediate);
    socket.pause();
    time.flies = true;
  }
  expect(ws.raw.ended).toBe(false);
  const before = sequences(ws).length;
  expect(before).toBeLessThan(chat.cursor);
  socket.resume();
  await ws.until(() => sequences(ws).at(-1) === chat.cursor, "the end of the history");
  expect(sequences(ws)).toEqual(all(chat));
});
