import { TIMINGS } from "@parley/client";
import { CLEAR } from "../../chaos/pipe.ts";
import type { Plan } from "../../chaos/proxy.ts";
import type { Random } from "../../chaos/random.ts";

/** Every connection ends within some hundred milliseconds, in one of the ways networks have. */
export const cutSoon = (random: Random): Plan => ({
  line: CLEAR,
  faults: [
    { kind: random.pick(["cut", "cut", "reset", "silence"] as const), afterMs: random.between(100, 900) },
  ],
});

/**
 * The same for a browser, which has one handshake under way to an address at a time: one that is never answered would
 * hold up all the others.
 */
export const cutOpen = (random: Random): Plan => ({
  line: CLEAR,
  faults: [{ kind: random.pick(["cut", "cut", "reset"] as const), afterMs: random.between(300, 1_500) }],
});

/** The client's own times, but for a network that fails every half second. */
export const HASTY = {
  ...TIMINGS,
  backoffFirst: 150,
  backoffLast: 300,
  tick: 200,
  echo: 400,
  probe: 400,
  heartbeat: 300,
  resend: 500,
};
