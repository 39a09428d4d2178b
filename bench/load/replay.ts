import type { Target } from "../servers/server.ts";
import { type Busy, watchBusy } from "./busy.ts";
import { Connection } from "./connection.ts";
import type { Place } from "./handshake.ts";
import { Latencies, type Spread } from "./latencies.ts";

export interface ReplayOptions {
  target: Target;
  places: Place[];
  cursor: number;
  /** The sequence with which a replay is complete; null where nothing is missed, and the first batch is empty. */
  last: number | null;
  /** How often each session is read. */
  times: number;
  /** Replays under way at the same time. */
  atOnce: number;
}

export interface ReplayResult extends Busy {
  replays: number;
  /** Batches of a replay. */
  frames: number;
  /** From the answer to the upgrade to the first batch, milliseconds. */
  first: Spread;
  /** From the answer to the upgrade to the last event, with the pauses between batches, milliseconds. */
  whole: Spread;
}

/** Reads the histories of sessions again and again. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { target, places, cursor, last, times, atOnce } = options;
  const first = new Latencies();
  const whole = new Latencies();
  let frames = 0;
  const todo = Array.from({ length: times }, () => places)
    .flat()
    .values();
  const busy = watchBusy();
  const worker = async () => {
    for (const place of todo) {
      const read = await readOnce(target, place, cursor, last);
      first.add(read.first);
      whole.add(read.whole);
      frames += read.frames;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const replays = places.length * times;
  return { replays, frames: frames / replays, first: first.spread, whole: whole.spread, ...busy() };
}

async function readOnce({ host, port }: Target, place: Place, cursor: number, last: number | null) {
  const query = new URLSearchParams({
    session_id: place.session,
    access_token: place.accessToken,
    cursor: String(cursor),
  });
  const done = Promise.withResolvers<void>();
  const marker = last === null ? "" : `"sequence":${last},`;
  let opened = 0;
  let first = 0;
  let frames = 0;
  const connection = await Connection.open(host, port, `/ws?${query}`, {
    frame(data, start, end) {
      // A first batch that comes in one piece with the answer is there at once.
      first ||= performance.now();
      frames += 1;
      if (data.subarray(start, end).includes(marker)) done.resolve();
    },
    closed: () => done.reject(new Error("the server closed during a replay")),
  });
  opened = performance.now();
  await done.promise;
  const whole = performance.now();
  connection.listener = { frame() {} };
  connection.drop();
  return { first: Math.max(0, first - opened), whole: whole - opened, frames };
}
