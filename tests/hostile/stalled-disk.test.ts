import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EVENT, LIMITS } from "@parley/protocol";
import { expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { event, RawWebSocket } from "./frames.ts";
import { Target } from "./target.ts";

/** What frames that wait for the disk may make the program hold, MB: a frame of the largest size, and what is read. */
const HELD_MB = 8;
const FLOOD_BYTES = 100_000_000;
/** A client whose bytes have not gone on for so long is held back, milliseconds. */
const QUIET_MS = 300;

const cleanUp = useCleanUp();

it("a client that goes on while the disk stands still is held back, and nothing of it is lost", async () => {
  const target = cleanUp().use(await Target.start());
  const place = await target.place();
  using ws = await RawWebSocket.open(target.url, place);
  await ws.beats();
  const before = await target.heldMb();

  // Another program's lock: commits wait for it, up to 5 s.
  const journal = new DatabaseSync(join(target.data, "journal.db"));
  cleanUp().defer(() => journal.close());
  journal.exec("BEGIN IMMEDIATE");
  ws.write(event(EVENT.USER_MESSAGE, { text: "first" }));
  const beat = event(EVENT.HEARTBEAT, {}, { a: "x".repeat(LIMITS.customBytes - 100) });
  const { socket } = ws.raw;
  for (let sent = 0; sent < FLOOD_BYTES && !socket.writableNeedDrain; sent += beat.length) {
    socket.write(beat);
    await new Promise(setImmediate);
  }
  const written = () => socket.bytesWritten - socket.writableLength;
  for (let last = -1; last !== written(); await new Promise((done) => setTimeout(done, QUIET_MS)))
    last = written();
  expect((await target.heldMb()) - before).toBeLessThan(HELD_MB);
  expect(
    ws.events.some(({ type }) => type === EVENT.USER_MESSAGE),
    "an echo before its commit",
  ).toBe(false);

  journal.exec("ROLLBACK");
  await ws.until(() => ws.events.some(({ type }) => type === EVENT.USER_MESSAGE), "the echo");
  await ws.beats();
  expect(ws.closeCode).toBeNull();
  expect(target.log).toEqual([]);
});
