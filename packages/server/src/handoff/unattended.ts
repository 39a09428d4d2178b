import { type HandoffProvider, NobodyThere } from "./provider.ts";

/** The provider of a server where no people work: says so at once, so that the agent goes on. */
export const unattended: HandoffProvider = {
  async request() {
    throw new NobodyThere("Nobody is available to take over right now.");
  },
  tell() {},
};
