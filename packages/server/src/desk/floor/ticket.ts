/** Somebody at the desk, as far as it matters for who gets what. */
export interface FloorPerson {
  readonly id: string;
  /** Empty for all. */
  readonly queues: readonly string[];
  readonly skills: readonly string[];
  /** Conversations at once. */
  readonly capacity: number;
  /** `offline`: not connected, and the time of grace is over. */
  status: "available" | "away" | "offline";
  statusSince: number;
  /** Browsers that are connected. */
  sockets: number;
  /** Since when none is; null while one is. */
  lostAt: number | null;
  /** When the person was last given a conversation, or offered one. */
  givenAt: number;
  /** Offers let pass in a row. */
  missed: number;
}

export type Stage =
  | { readonly name: "waiting"; readonly since: number }
  /** `direct`: a colleague has passed it on to this very person. */
  | {
      readonly name: "offered";
      readonly person: string;
      readonly since: number;
      readonly until: number;
      readonly direct: boolean;
    }
  /** That the person has it is on its way to the disk: nobody else may. */
  | { readonly name: "joining"; readonly person: string; readonly since: number }
  | { readonly name: "joined"; readonly person: string; readonly since: number };

/** A conversation that a person is asked for, or that one has. */
export interface Ticket {
  readonly handoff: string;
  queue: string;
  readonly skills: readonly string[];
  /** Who has waited longest is next, also behind a transfer. */
  readonly requestedAt: number;
  stage: Stage;
  /** Who has let how many offers of it pass. */
  readonly passes: Map<string, number>;
  /** Who does not want it. */
  readonly declined: Set<string>;
}

/** Who has it, is about to, or is asked; null while it waits. */
export const holderOf = (stage: Stage): string | null => (stage.name === "waiting" ? null : stage.person);

/** Whether it may be taken, or offered on. */
export const isOpen = (stage: Stage): boolean => stage.name === "waiting" || stage.name === "offered";

export const serves = ({ queues }: Pick<FloorPerson, "queues">, queue: string): boolean =>
  queues.length === 0 || queues.includes(queue);

/** Who has waited longest first; ids make the order one and the same everywhere. */
export const byAge = (a: Ticket, b: Ticket): number =>
  a.requestedAt - b.requestedAt || (a.handoff < b.handoff ? -1 : 1);
