import type { Context } from "./context.ts";
import type { Need } from "./needs.ts";

/** One sentence of the protocol that can be tested from outside. */
export interface Check {
  /** `section.theme.rule`, unique; the number in front is the section of docs/protocol.md. */
  id: string;
  /** The sentence, in our own words. */
  title: string;
  needs?: readonly Need[];
  /** How long it may take; 30 unless told. Long ones are started first. */
  seconds?: number;
  /**
   * `alone`: it measures time, or uses up what the others share. `last`: it judges what all the others have recorded.
   */
  order?: "alone" | "last";
  /** Resolves when the sentence holds; throws a `Failure` when not. */
  run(context: Context): Promise<void>;
}

/** The section of the protocol that a check belongs to. */
export const sectionOf = (check: Pick<Check, "id">): string => check.id.slice(0, check.id.indexOf("."));

interface Outcome {
  id: string;
  section: string;
  title: string;
  /** How long it took. */
  ms: number;
}

/** What became of a check. */
export type Result = Outcome &
  (
    | { status: "pass" }
    | { status: "not applicable"; reason: string }
    | {
        status: "fail";
        expected: string;
        seen: string;
        /** What went over the wire, a line each, oldest first. */
        frames: string[];
      }
  );
