import { setTimeout } from "node:timers/promises";
import { type Busy, watchBusy } from "./busy.ts";
import type { Crowd } from "./crowd.ts";

export interface ChunksResult extends Busy {
  /** Pieces of answers that have arrived. */
  parts: number;
  /** The frames in which they came. */
  frames: number;
  ms: number;
}

const Q = 0x51;

/** Starts the answers of all clients, spread over a second, where they do not start by themselves. */
export async function startChunks({ wire, role, clients }: Crowd): Promise<void> {
  if (wire.farewell === null) return;
  const message = wire.message(role);
  const group = Math.ceil(clients.length / 100);
  for (let i = 0; i < clients.length; i += group) {
    for (const client of clients.slice(i, i + group)) client.write(message);
    await setTimeout(10);
  }
}

/** Counts the pieces that come. */
export async function listen({ clients }: Crowd, ms: number): Promise<ChunksResult> {
  let parts = 0;
  let frames = 0;
  const listener = {
    frame(bytes: Buffer, start: number, end: number) {
      frames += 1;
      for (let at = bytes.indexOf(Q, start); at !== -1 && at < end; at = bytes.indexOf(Q, at + 1)) parts += 1;
    },
  };
  const busy = watchBusy();
  const began = performance.now();
  for (const client of clients) client.listener = listener;
  await setTimeout(ms);
  for (const client of clients) client.listener = { frame() {} };
  return { parts, frames, ms: performance.now() - began, ...busy() };
}
