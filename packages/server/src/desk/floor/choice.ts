import { type FloorPerson, serves, type Ticket } from "./ticket.ts";

/** Somebody who may be offered a conversation, with what they have. */
export interface Candidate {
  readonly person: FloorPerson;
  load: number;
}

/** Whether a conversation may be offered to somebody who is available and connected. */
export const isFit = ({ person, load }: Candidate, ticket: Ticket): boolean =>
  load < person.capacity &&
  serves(person, ticket.queue) &&
  ticket.skills.every((skill) => person.skills.includes(skill)) &&
  !ticket.declined.has(person.id);

/**
 * Who of those that fit is offered a conversation: who has let fewest offers of it pass, then who is least busy for what
 * they can have, then who has been given nothing for the longest.
 */
export function chosen(candidates: readonly Candidate[], { passes }: Ticket): Candidate | null {
  const order = (a: Candidate, b: Candidate): number =>
    (passes.get(a.person.id) ?? 0) - (passes.get(b.person.id) ?? 0) ||
    a.load / a.person.capacity - b.load / b.person.capacity ||
    a.person.givenAt - b.person.givenAt ||
    (a.person.id < b.person.id ? -1 : 1);
  return candidates.reduce<Candidate | null>(
    (best, one) => (best === null || order(one, best) < 0 ? one : best),
    null,
  );
}
