import type { Mischief } from "./mischief.ts";

/** One way in which a server is broken. */
export interface Fault {
  /** What the server does. */
  does: string;
  mischief: Mischief;
  /** The checks that are meant to catch it; each of them fails. */
  caughtBy: string[];
  /** Checks that it has nothing to do with; each of them passes. */
  spares: string[];
}
