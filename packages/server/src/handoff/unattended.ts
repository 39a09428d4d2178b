import type { HandoffProvider } from "./once.ts";

/** The provider of a server where no people work: says so at once, so that the agent goes on. */
export const unattended: HandoffProvider = {
  async request() {
    return { kind: "failed", reason: "Nobody is available to take over right now." };
  },
};
