import type { BoardSource } from "./board.ts";
import type { Conversation } from "./conversation.ts";
import type { Desk } from "./desk.ts";
import { type FloorPerson, holderOf, type Stage, serves, type Ticket } from "./floor/ticket.ts";
import { DESK_TIMES } from "./floor/times.ts";
import type { DeskConversation, DeskPerson, DeskQueue } from "./wire.ts";

/** The desk as its pages show it. */
export class Views implements BoardSource {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  conversation(handoff: string): DeskConversation | null {
    const ticket = this.#desk.floor.ticket(handoff);
    const conversation = this.#desk.conversation(handoff);
    return ticket && conversation ? this.#conversation(ticket, conversation) : null;
  }

  *conversations(): Iterable<DeskConversation> {
    for (const { name } of this.#desk.conversations) {
      const view = this.conversation(name.id);
      if (view !== null) yield view;
    }
  }

  person(id: string): DeskPerson | null {
    const person = this.#desk.floor.person(id);
    const account = this.#desk.parts.accounts.get(id);
    if (person === undefined || account === null) return null;
    return {
      id,
      name: account.name,
      avatar_url: account.avatarUrl,
      role: account.role,
      skills: [...person.skills],
      queues: [...person.queues],
      status: person.status,
      status_since: this.#wall(person.statusSince),
      connected: person.sockets > 0,
      capacity: person.capacity,
      load: this.#desk.floor.load(id),
    };
  }

  *people(): Iterable<DeskPerson> {
    for (const { id } of this.#desk.floor.people) {
      const view = this.person(id);
      if (view !== null) yield view;
    }
  }

  queues(): DeskQueue[] {
    const { floor, parts } = this.#desk;
    const available = [...floor.people].filter(
      ({ status, sockets }) => status === "available" && sockets > 0,
    );
    return this.#desk.queueNames.map((name) => {
      const line = floor.line(name);
      return {
        name,
        open: parts.queues.isOpen(name),
        waiting: line.length,
        oldest_at: line[0]?.requestedAt ?? null,
        available: available.filter((person) => serves(person, name)).length,
      };
    });
  }

  #conversation(ticket: Ticket, conversation: Conversation): DeskConversation {
    const { stage, queue, skills, handoff } = ticket;
    const { session, glance } = conversation;
    const holder = this.#desk.floor.person(holderOf(stage) ?? "");
    return {
      handoff,
      session: conversation.name.session,
      // On its way to the disk it is not joined yet, and nobody else may take it.
      state: stage.name === "joining" ? "offered" : stage.name,
      queue,
      skills: [...skills],
      reason: conversation.handoff.reason,
      requested_at: ticket.requestedAt,
      since: this.#wall(stage.since),
      person: holderOf(stage),
      until: this.#until(stage, holder),
      user: {
        name: conversation.userName,
        presence: conversation.presence,
        presence_since: conversation.presenceSince,
        typing: conversation.isTyping,
      },
      last: glance.last,
      user_messages: glance.userMessages,
      locale: session.locale,
      platform: session.platform,
    };
  }

  #until(stage: Stage, holder: FloorPerson | undefined): number | null {
    if (stage.name === "offered") return this.#wall(stage.until);
    if (stage.name !== "joined" || holder === undefined || holder.lostAt === null) return null;
    return this.#wall(holder.lostAt + DESK_TIMES.graceMs);
  }

  /** The floor reckons with a clock that only goes forward. */
  #wall(monotonic: number): number {
    const { clock } = this.#desk.parts;
    return Math.round(monotonic + clock.now() - clock.monotonic());
  }
}
