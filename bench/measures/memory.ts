import { setTimeout } from "node:timers/promises";
import type { Bench, Column, Measure } from "../bench.ts";
import { goal, type Row, type Values } from "../report.ts";
import type { Server } from "../servers/server.ts";

/** Enough for a process's own noise to vanish in the average. */
const CLIENTS = 4_000;
const WARM_UP_CLIENTS = 500;
/** Parley keeps a session whose client has left in memory for 10 s. */
const ASLEEP_MS = 13_000;

/** What a client costs that is connected and says nothing, and what a session costs that nobody is connected to. */
export const memory: Measure = async (bench) => {
  const connected: Values = {};
  const held: Values = {};
  const asleep: Values = {};
  for (const column of bench.options.columns) {
    if (column === "large") continue;
    const server = await bench.startAlone(column);
    const figures = await measure(bench, column, server);
    connected[column] = figures.connected;
    held[column] = figures.held;
    if (figures.asleep !== undefined) asleep[column] = figures.asleep;
    await bench.stopAlone(server);
  }
  // What a process had before is used again, so that it may hold more than it has grown by.
  const { parley = 0 } = connected;
  const isMet = connected.parley === undefined ? undefined : Math.max(parley, held.parley ?? 0) <= 12;
  const rows: Row[] = [
    { what: "a connected client, resident", unit: "KB", values: connected, ...goal("≤ 12 KB", isMet) },
    { what: "what JavaScript holds of a client", unit: "KB", values: held },
    { what: "a sleeping session, JavaScript", unit: "KB", values: asleep },
  ];
  return rows;
};

async function measure({ load }: Bench, column: Column, { target, probe }: Server) {
  await load.call("leave", await load.call("enter", { target, role: "chat", count: WARM_UP_CLIENTS }));
  const isParley = column === "parley";
  if (isParley) await setTimeout(ASLEEP_MS);
  const empty = await probe.call("memory");
  // Sessions are created and fall asleep first, so that what connecting costs is not mixed with it.
  const places = isParley ? await load.call("createSessions", target, "prompt", CLIENTS) : [];
  if (isParley) await setTimeout(ASLEEP_MS);
  const before = isParley ? await probe.call("memory") : empty;
  const crowd = await load.call("enter", { target, role: "chat", count: CLIENTS, places });
  const after = await probe.call("memory");
  await load.call("leave", crowd);
  const each = (bytes: number) => bytes / CLIENTS / 1_024;
  return {
    connected: each(after.resident - before.resident),
    held: each(after.held - before.held),
    asleep: isParley ? each(before.held - empty.held) : undefined,
  };
}
