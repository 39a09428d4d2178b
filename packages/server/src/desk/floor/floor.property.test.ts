import fc from "fast-check";
import { describe, it } from "vitest";
import { Floor } from "./floor.ts";
import { holderOf } from "./ticket.ts";
import { DESK_TIMES } from "./times.ts";

const PEOPLE = [
  { id: "a", queues: [], skills: ["french"], capacity: 1 },
  { id: "b", queues: ["desk"], skills: [], capacity: 2 },
  { id: "c", queues: ["second"], skills: ["french"], capacity: 3 },
];
const HANDOFFS = ["1", "2", "3", "4", "5"];

const who = fc.constantFrom(...PEOPLE.map(({ id }) => id));
const which = fc.constantFrom(...HANDOFFS);
const queue = fc.constantFrom("desk", "second");
const step = fc.oneof(
  fc.record({ do: fc.constant("ask" as const), which, queue, skills: fc.subarray(["french"]) }),
  fc.record({ do: fc.constantFrom("connect", "disconnect", "available", "away"), who }),
  fc.record({ do: fc.constantFrom("take", "decline", "giveUp", "offerTo"), who, which, queue }),
  fc.record({ do: fc.constant("over" as const), which }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: DESK_TIMES.graceMs }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe("the floor, whatever happens in whatever order", () => {
  it("offers only to who is there and fits, for no longer than an offer lasts, and takes nothing from its owner", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const floor = new Floor();
        for (const one of PEOPLE) floor.know(one, 0);
        let now = 0;
        for (const one of steps) {
          now += one.do === "wait" ? one.ms : 1;
          const owners = ownersOf(floor);
          carryOut(floor, one, now);
          const { lost } = floor.settle(now);
          check(floor, now, lost);
          const isHandOver = one.do === "over" || one.do === "giveUp" || one.do === "offerTo";
          if (!isHandOver) {
            for (const [handoff, owner] of owners) {
              if (ownersOf(floor).get(handoff) !== owner)
                throw new Error(`${handoff} was taken from ${owner}`);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function carryOut(floor: Floor, step: Step, now: number): void {
  switch (step.do) {
    case "ask":
      if (floor.ticket(step.which) === undefined) {
        const stage = { name: "waiting", since: now } as const;
        floor.add({ handoff: step.which, queue: step.queue, skills: step.skills, requestedAt: now, stage });
      }
      break;
    case "over":
      floor.remove(step.which);
      break;
    case "wait":
      break;
    case "connect":
      floor.connect(step.who, now);
      break;
    case "disconnect":
      if ((floor.person(step.who)?.sockets ?? 0) > 0) floor.disconnect(step.who, now);
      break;
    case "available":
    case "away":
      if ((floor.person(step.who)?.sockets ?? 0) > 0) floor.setStatus(step.who, step.do, now);
      break;
    case "take":
      if (floor.judgeTake(step.who, step.which, false) === "free") {
        floor.join(step.who, step.which, now);
        floor.settle(now);
        floor.joined(step.who, step.which, now);
      }
      break;
    case "decline":
      floor.decline(step.who, step.which, now);
      break;
    case "giveUp":
      if (ownersOf(floor).get(step.which) === step.who) floor.requeue(step.which, now, step.queue);
      break;
    case "offerTo":
      if (ownersOf(floor).has(step.which)) floor.offerTo(step.who, step.which, now);
      break;
  }
}

function ownersOf(floor: Floor): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { handoff, stage } of floor.tickets) {
    if (stage.name === "joined") owners.set(handoff, stage.person);
  }
  return owners;
}

function check(floor: Floor, now: number, lost: readonly string[]): void {
  const waiting = [...floor.tickets].filter(({ stage }) => stage.name === "waiting");
  for (const ticket of floor.tickets) {
    const { stage, queue, skills, handoff } = ticket;
    const person = floor.person(holderOf(stage) ?? "");
    if (stage.name === "joined" && person?.status === "offline" && !lost.includes(handoff))
      throw new Error(`${handoff} is lost, and nobody says so`);
    if (stage.name !== "offered") continue;
    if (person === undefined || person.sockets === 0) throw new Error(`${handoff} is offered to nobody`);
    if (stage.until <= now || stage.until > now + DESK_TIMES.offerMs) throw new Error("an offer has no end");
    if (stage.direct) continue;
    if (person.queues.length > 0 && !person.queues.includes(queue)) throw new Error("the wrong queue");
    if (!skills.every((skill) => person.skills.includes(skill))) throw new Error("the wrong skills");
    if (ticket.declined.has(person.id)) throw new Error("offered to who declined");
  }
  for (const person of floor.people) {
    if (person.status !== "available" || person.sockets === 0) continue;
    if (floor.load(person.id) >= person.capacity) continue;
    const missedOut = waiting.find(
      ({ queue, skills, declined }) =>
        (person.queues.length === 0 || person.queues.includes(queue)) &&
        skills.every((skill) => person.skills.includes(skill)) &&
        !declined.has(person.id),
    );
    if (missedOut !== undefined) throw new Error(`${missedOut.handoff} waits, and ${person.id} is free`);
  }
  if (floor.nextAt !== null && floor.nextAt <= now) throw new Error("what is due was not done");
}
