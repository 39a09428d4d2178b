import type { Target } from "../servers/server.ts";
import type { Connection } from "./connection.ts";
import { createSessions, type Place } from "./handshake.ts";
import { type Role, WIRES, type Wire } from "./wires.ts";

/** Clients of one server that do the same. */
export interface Crowd {
  role: Role;
  wire: Wire;
  clients: Connection[];
}

export interface CrowdOptions {
  target: Target;
  role: Role;
  count: number;
  /** Sessions that are there already; new ones by default. */
  places?: Place[];
}

/** Clients that come in at the same time: more only wait for each other. */
const AT_ONCE = 200;

/** Which of the configuration's connectors plays the agent of a role. */
export const CONNECTORS: Record<Role, string> = {
  echo: "silent",
  chat: "prompt",
  chunks: "steady",
  dictation: "dictation",
};

export async function enter({ target, role, count, places }: CrowdOptions): Promise<Crowd> {
  const wire = WIRES[target.name];
  const sessions =
    target.name === "parley" ? (places ?? (await createSessions(target, CONNECTORS[role], count))) : [];
  const clients: Connection[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const place = sessions[next];
      next += 1;
      clients.push(await wire.enter(target, role, place));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, worker));
  return { role, wire, clients };
}

/** Resolves when all are gone. Conversations are ended, so that nothing of them lingers on. */
export async function leave({ wire, clients }: Crowd): Promise<void> {
  const gone = clients.map((client) => {
    const closed = new Promise<void>((resolve) => {
      client.listener = { frame() {}, closed: resolve };
    });
    if (wire.farewell === null) client.drop();
    else client.write(wire.farewell);
    return closed;
  });
  await Promise.all(gone);
}
