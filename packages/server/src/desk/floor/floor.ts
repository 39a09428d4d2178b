import { type Candidate, chosen, isFit } from "./choice.ts";
import { byAge, type FloorPerson, holderOf, isOpen, type Stage, serves, type Ticket } from "./ticket.ts";
import { DESK_TIMES } from "./times.ts";

/** Whether somebody may take a conversation. `mine`: has it already. `over`: from its owner, as a supervisor. */
export type TakeVerdict = "free" | "mine" | "over" | "gone" | "taken" | "forbidden" | "full";

/**
 * Who waits, who is there, and who gets what: the rules of the desk, without a socket, a timer or a promise. Times are
 * milliseconds by the wall clock. What is offered and to whom is decided by `settle`, which is to be called behind every
 * change and at `nextAt`.
 */
export class Floor {
  readonly #people = new Map<string, FloorPerson>();
  readonly #tickets = new Map<string, Ticket>();
  readonly #changed = { handoffs: new Set<string>(), people: new Set<string>() };

  get people(): Iterable<FloorPerson> {
    return this.#people.values();
  }

  get tickets(): Iterable<Ticket> {
    return this.#tickets.values();
  }

  ticket(handoff: string): Ticket | undefined {
    return this.#tickets.get(handoff);
  }

  person(id: string): FloorPerson | undefined {
    return this.#people.get(id);
  }

  /** Conversations that a person has, or is about to: offers count, so that nobody is offered more than fits. */
  load(person: string): number {
    let load = 0;
    for (const { stage } of this.#tickets.values()) if (holderOf(stage) === person) load += 1;
    return load;
  }

  /** Those that wait or are offered, who is next first. Their place in it is their position. */
  line(queue: string): Ticket[] {
    return [...this.#tickets.values()]
      .filter((ticket) => ticket.queue === queue && isOpen(ticket.stage))
      .sort(byAge);
  }

  /** Whether anybody who serves the queue is at the desk, be it away, or gone for a moment. */
  isAttended(queue: string): boolean {
    return [...this.#people.values()].some((person) => person.status !== "offline" && serves(person, queue));
  }

  /** What has changed since the last call. */
  takeChanges(): { handoffs: string[]; people: string[] } {
    const { handoffs, people } = this.#changed;
    const changes = { handoffs: [...handoffs], people: [...people] };
    handoffs.clear();
    people.clear();
    return changes;
  }

  /** Somebody who may come; `offline` unless told otherwise. One who is known keeps what they are. */
  know(
    { id, queues, skills, capacity }: Pick<FloorPerson, "id" | "queues" | "skills" | "capacity">,
    now: number,
    status: FloorPerson["status"] = "offline",
  ): void {
    if (this.#people.has(id)) return;
    const since = { statusSince: now, lostAt: now, givenAt: 0 };
    this.#people.set(id, { id, queues, skills, capacity, status, sockets: 0, missed: 0, ...since });
    this.#changed.people.add(id);
  }

  /** A browser of the person is connected. Who was offline is away until they say otherwise. */
  connect(id: string, now: number): void {
    const person = this.#mustKnow(id);
    person.sockets += 1;
    person.lostAt = null;
    if (person.status === "offline") setStatus(person, "away", now);
    this.#changed.people.add(id);
  }

  disconnect(id: string, now: number): void {
    const person = this.#mustKnow(id);
    person.sockets -= 1;
    if (person.sockets === 0) person.lostAt = now;
    this.#changed.people.add(id);
    for (const { handoff, stage } of this.#tickets.values()) {
      if (holderOf(stage) === id) this.#changed.handoffs.add(handoff);
    }
  }

  setStatus(id: string, status: "available" | "away", now: number): void {
    const person = this.#mustKnow(id);
    person.missed = 0;
    if (person.status === status) return;
    setStatus(person, status, now);
    this.#changed.people.add(id);
    if (status === "away") return;
    // Whoever comes back may be asked again for what they did not want.
    for (const ticket of this.#tickets.values()) ticket.declined.delete(id);
  }

  /** A conversation comes in, or is taken up again with its owner behind a restart. */
  add(ticket: Pick<Ticket, "handoff" | "queue" | "skills" | "requestedAt" | "stage">): void {
    this.#tickets.set(ticket.handoff, { ...ticket, passes: new Map(), declined: new Set() });
    this.#changed.handoffs.add(ticket.handoff);
    this.#touchHolder(ticket.stage);
  }

  /** It is over, or not this desk's any more. */
  remove(handoff: string): void {
    const ticket = this.#tickets.get(handoff);
    if (ticket === undefined) return;
    this.#touchHolder(ticket.stage);
    this.#tickets.delete(handoff);
    this.#changed.handoffs.add(handoff);
  }

  /** Whether a person may take a conversation; changes nothing. */
  judgeTake(id: string, handoff: string, isSupervisor: boolean): TakeVerdict {
    const ticket = this.#tickets.get(handoff);
    const person = this.#people.get(id);
    if (ticket === undefined || person === undefined) return "gone";
    const holder = holderOf(ticket.stage);
    if (holder === id && !isOpen(ticket.stage)) return "mine";
    if (holder !== null && holder !== id && !isSupervisor) return "taken";
    if (holder !== id && !isSupervisor && !serves(person, ticket.queue)) return "forbidden";
    // What is offered to the person is in their load already.
    if (holder !== id && this.load(id) >= person.capacity) return "full";
    return holder === null || isOpen(ticket.stage) ? "free" : "over";
  }

  /** The person has it as soon as that is on disk: `joined` or `requeue` follows. */
  join(id: string, handoff: string, now: number): void {
    this.#move(handoff, { name: "joining", person: id, since: now });
  }

  joined(id: string, handoff: string, now: number): void {
    const person = this.#mustKnow(id);
    Object.assign(person, { givenAt: now, missed: 0 });
    // Found so behind a restart: they have the time of grace to come back, whatever else is known of them.
    if (person.status === "offline") {
      setStatus(person, "away", now);
      person.lostAt = now;
    }
    this.#move(handoff, { name: "joined", person: id, since: now });
  }

  /** It waits again, at the place that its age gives it; of another queue where one is named, for everybody anew. */
  requeue(handoff: string, now: number, queue?: string): void {
    const ticket = this.#move(handoff, { name: "waiting", since: now });
    if (ticket === undefined) return;
    if (queue !== undefined) ticket.queue = queue;
    ticket.passes.clear();
    ticket.declined.clear();
  }

  /** It is offered to this very person, whatever the line says and how much they have. */
  offerTo(id: string, handoff: string, now: number): void {
    const until = now + DESK_TIMES.offerMs;
    this.#move(handoff, { name: "offered", person: id, since: now, until, direct: true });
  }

  /** @returns whether it was offered to the person */
  decline(id: string, handoff: string, now: number): boolean {
    const ticket = this.#tickets.get(handoff);
    if (ticket?.stage.name !== "offered" || ticket.stage.person !== id) return false;
    ticket.declined.add(id);
    this.#mustKnow(id).missed = 0;
    this.#move(handoff, { name: "waiting", since: now });
    return true;
  }

  /**
   * Brings everything to where it belongs at this moment: offers that were let pass go on to the next, who is not
   * connected for too long is offline, and who waits is offered.
   *
   * @returns conversations whose owner is lost: they are to be given on
   */
  settle(now: number): { lost: string[] } {
    for (const person of this.#people.values()) this.#expire(person, now);
    const lost: string[] = [];
    for (const ticket of this.#tickets.values()) {
      const { stage, handoff } = ticket;
      if (stage.name === "offered") this.#expireOffer(ticket, stage, now);
      if (stage.name === "joined" && this.#isOffline(stage.person)) lost.push(handoff);
    }
    this.#offer(now);
    return { lost };
  }

  /** When `settle` is next due if nothing happens before; null when never. */
  get nextAt(): number | null {
    const times: number[] = [];
    for (const { stage } of this.#tickets.values()) if (stage.name === "offered") times.push(stage.until);
    for (const { lostAt, status } of this.#people.values()) {
      if (lostAt !== null && status !== "offline") times.push(lostAt + DESK_TIMES.graceMs);
    }
    return times.length === 0 ? null : Math.min(...times);
  }

  #expire(person: FloorPerson, now: number): void {
    const { lostAt, status } = person;
    if (lostAt === null || status === "offline" || now < lostAt + DESK_TIMES.graceMs) return;
    setStatus(person, "offline", now);
    this.#changed.people.add(person.id);
  }

  /** An offer to somebody who is not connected is not waited for. */
  #expireOffer(ticket: Ticket, stage: Extract<Stage, { name: "offered" }>, now: number): void {
    const person = this.#people.get(stage.person);
    const isThere = person !== undefined && person.sockets > 0;
    if (isThere && now < stage.until) return;
    if (isThere) {
      ticket.passes.set(person.id, (ticket.passes.get(person.id) ?? 0) + 1);
      person.missed += 1;
      if (person.missed >= DESK_TIMES.missedOffers && person.status === "available") {
        setStatus(person, "away", now);
        person.missed = 0;
      }
    }
    this.#move(ticket.handoff, { name: "waiting", since: now });
  }

  #offer(now: number): void {
    const loads = this.#loads();
    let free = [...this.#people.values()]
      .filter(({ status, sockets }) => status === "available" && sockets > 0)
      .map((person) => ({ person, load: loads.get(person.id) ?? 0 }));
    const hasRoom = ({ person, load }: Candidate) => load < person.capacity;
    free = free.filter(hasRoom);
    if (free.length === 0) return;
    const waiting = [...this.#tickets.values()].filter(({ stage }) => stage.name === "waiting");
    for (const ticket of waiting.sort(byAge)) {
      const one = chosen(
        free.filter((candidate) => isFit(candidate, ticket)),
        ticket,
      );
      if (one === null) continue;
      one.load += 1;
      one.person.givenAt = now;
      const until = now + DESK_TIMES.offerMs;
      const { id } = one.person;
      this.#move(ticket.handoff, { name: "offered", person: id, since: now, until, direct: false });
      if (!hasRoom(one)) free = free.filter(hasRoom);
      if (free.length === 0) return;
    }
  }

  /** What everybody has, in one go. */
  #loads(): Map<string, number> {
    const loads = new Map<string, number>();
    for (const { stage } of this.#tickets.values()) {
      const holder = holderOf(stage);
      if (holder !== null) loads.set(holder, (loads.get(holder) ?? 0) + 1);
    }
    return loads;
  }

  #isOffline(id: string): boolean {
    return (this.#people.get(id)?.status ?? "offline") === "offline";
  }

  #move(handoff: string, stage: Stage): Ticket | undefined {
    const ticket = this.#tickets.get(handoff);
    if (ticket === undefined) return undefined;
    this.#changed.handoffs.add(handoff);
    this.#touchHolder(ticket.stage);
    this.#touchHolder(stage);
    ticket.stage = stage;
    return ticket;
  }

  /** Whoever has it, or is asked, has more or less to do than before. */
  #touchHolder(stage: Stage): void {
    const holder = holderOf(stage);
    if (holder !== null) this.#changed.people.add(holder);
  }

  #mustKnow(id: string): FloorPerson {
    const person = this.#people.get(id);
    if (person === undefined) throw new Error(`nobody at the desk has the id ${id}`);
    return person;
  }
}

function setStatus(person: FloorPerson, status: FloorPerson["status"], now: number): void {
  person.status = status;
  person.statusSince = now;
}
