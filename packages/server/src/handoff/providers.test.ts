import { expect, it } from "vitest";
import { actsBy, providerContract } from "./contract.ts";
import { outside } from "./outside.ts";
import type { HandoffRequest } from "./provider.ts";
import { OPEN_STAGES } from "./records.ts";
import { unattended } from "./unattended.ts";

// All that such a program has is the list of handoffs and the door.
providerContract("a program elsewhere", ({ door, journal }) => ({
  provider: outside,
  open: async () => (await journal.handoffs({ stages: OPEN_STAGES, limit: 100 })).map(({ id }) => id),
  ...actsBy(door),
}));

it("nobody is there on a server without people, and it says so at once", async () => {
  await expect(unattended.request({} as HandoffRequest)).rejects.toThrow(
    "Nobody is available to take over right now.",
  );
});
