import { expect, it } from "vitest";
import { commandBy, providerContract } from "./contract.ts";
import { outside } from "./outside.ts";
import type { HandoffRequest } from "./provider.ts";
import { OPEN_STAGES } from "./records.ts";
import { unattended } from "./unattended.ts";

const grace = { id: "p1", name: "Grace", avatarUrl: "" };
const alan = { id: "p2", name: "Alan", avatarUrl: "" };

// All that such a program has is the list of handoffs and the door.
providerContract("a program elsewhere", ({ door, journal }) => ({
  provider: outside,
  open: async () => (await journal.handoffs({ stages: OPEN_STAGES, limit: 100 })).map(({ id }) => id),
  join: (name) => commandBy(door, name, { kind: "join", person: grace }),
  say: (name, text, key) => commandBy(door, name, { kind: "message", text }, key),
  async passOn(name) {
    await commandBy(door, name, { kind: "transfer" });
    await commandBy(door, name, { kind: "join", person: alan });
  },
  giveBack: (name) => commandBy(door, name, { kind: "return" }),
  close: (name) => commandBy(door, name, { kind: "end" }),
}));

it("nobody is there on a server without people, and it says so at once", async () => {
  await expect(unattended.request({} as HandoffRequest)).rejects.toThrow(
    "Nobody is available to take over right now.",
  );
});
