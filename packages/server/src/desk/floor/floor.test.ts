import { describe, expect, it } from "vitest";
import { Floor } from "./floor.ts";
import { DESK_TIMES } from "./times.ts";

const person = (id: string, changes: Partial<Parameters<Floor["know"]>[0]> = {}) => ({
  id,
  queues: [],
  skills: [],
  capacity: 2,
  ...changes,
});

/** A floor with people who are there and available, at time 0. */
function floorWith(...people: ReturnType<typeof person>[]): Floor {
  const floor = new Floor();
  for (const one of people) {
    floor.know(one, 0);
    floor.connect(one.id, 0);
    floor.setStatus(one.id, "available", 0);
  }
  return floor;
}

const ask = (floor: Floor, handoff: string, requestedAt: number, queue = "desk", skills: string[] = []) =>
  floor.add({ handoff, queue, skills, requestedAt, stage: { name: "waiting", since: requestedAt } });

const offeredTo = (floor: Floor, handoff: string) => {
  const stage = floor.ticket(handoff)?.stage;
  return stage?.name === "offered" ? stage.person : null;
};

const { offerMs, graceMs, missedOffers } = DESK_TIMES;

describe("an offer", () => {
  it.each([
    ["goes to who is there", [person("a")], [], "a"],
    ["goes to who serves the queue", [person("a", { queues: ["other"] }), person("b")], [], "b"],
    ["goes to who has the skill", [person("a"), person("b", { skills: ["french"] })], ["french"], "b"],
    ["goes to nobody where nobody has all skills", [person("a", { skills: ["x"] })], ["x", "y"], null],
  ])("%s", (_, people, skills, expected) => {
    const floor = floorWith(...people);
    ask(floor, "h", 1, "desk", skills);
    floor.settle(1);
    expect(offeredTo(floor, "h")).toBe(expected);
  });

  it("goes to who is least busy for what they can have, then to who has waited longest for one", () => {
    const floor = floorWith(person("a", { capacity: 4 }), person("b", { capacity: 2 }));
    const order = ["1", "2", "3", "4", "5", "6", "7"].map((handoff, index) => {
      ask(floor, handoff, index);
      floor.settle(index);
      return offeredTo(floor, handoff);
    });
    expect(order).toEqual(["a", "b", "a", "b", "a", "a", null]);
  });

  it("goes on after its time, and round again when nobody else is there", () => {
    const floor = floorWith(person("a"), person("b"));
    ask(floor, "h", 0);
    floor.settle(0);
    expect(offeredTo(floor, "h")).toBe("a");
    floor.settle(offerMs - 1);
    expect(offeredTo(floor, "h")).toBe("a");
    expect(floor.nextAt).toBe(offerMs);
    floor.settle(offerMs);
    expect(offeredTo(floor, "h")).toBe("b");
    floor.settle(2 * offerMs);
    expect(offeredTo(floor, "h")).toBe("a");
  });

  it("that was declined does not come again, until the person comes back", () => {
    const floor = floorWith(person("a"));
    ask(floor, "h", 0);
    floor.settle(0);
    expect(floor.decline("a", "h", 1)).toBe(true);
    floor.settle(1);
    expect(offeredTo(floor, "h")).toBe(null);
    expect(floor.decline("a", "h", 2)).toBe(false);
    floor.setStatus("a", "away", 3);
    floor.setStatus("a", "available", 4);
    floor.settle(4);
    expect(offeredTo(floor, "h")).toBe("a");
  });

  it("goes on at once when its person is not connected any more", () => {
    const floor = floorWith(person("a"), person("b"));
    ask(floor, "h", 0);
    floor.settle(0);
    floor.disconnect("a", 1);
    floor.settle(1);
    expect(offeredTo(floor, "h")).toBe("b");
  });

  it(`let pass ${missedOffers} times in a row makes its person away`, () => {
    const floor = floorWith(person("a"));
    ask(floor, "h", 0);
    for (let i = 0; i < missedOffers; i += 1) {
      floor.settle(i * offerMs);
      expect(offeredTo(floor, "h")).toBe("a");
    }
    floor.settle(missedOffers * offerMs);
    expect(floor.person("a")?.status).toBe("away");
    expect(offeredTo(floor, "h")).toBe(null);
  });

  it("to a person that a colleague chose comes whatever they have, and goes to the line when it is let pass", () => {
    const floor = floorWith(person("a", { capacity: 1 }), person("b"));
    ask(floor, "h", 0);
    ask(floor, "k", 1);
    floor.join("a", "h", 1);
    floor.joined("a", "h", 1);
    floor.offerTo("a", "k", 2);
    expect(floor.judgeTake("b", "k", false)).toBe("taken");
    expect(floor.judgeTake("a", "k", false)).toBe("free");
    floor.settle(2 + offerMs);
    expect(offeredTo(floor, "k")).toBe("b");
  });
});

describe("taking", () => {
  const taken = () => {
    const floor = floorWith(person("a", { capacity: 1 }), person("b", { queues: ["other"] }), person("c"));
    ask(floor, "h", 0);
    floor.join("a", "h", 1);
    floor.joined("a", "h", 1);
    ask(floor, "k", 2);
    return floor;
  };

  it.each([
    ["one's own again", "a", "h", false, "mine"],
    ["one that somebody has", "c", "h", false, "taken"],
    ["one that somebody has, as a supervisor", "c", "h", true, "over"],
    ["one that waits", "c", "k", false, "free"],
    ["one of a queue that one does not serve", "b", "k", false, "forbidden"],
    ["one of a queue that one does not serve, as a supervisor", "b", "k", true, "free"],
    ["more than one can have", "a", "k", false, "full"],
    ["one that is over", "a", "x", false, "gone"],
  ] as const)("%s", (_, who, handoff, isSupervisor, verdict) => {
    expect(taken().judgeTake(who, handoff, isSupervisor)).toBe(verdict);
  });
});

describe("a person who is lost", () => {
  it("keeps what they have for the time of grace, and no longer", () => {
    const floor = floorWith(person("a"));
    ask(floor, "h", 0);
    floor.join("a", "h", 0);
    floor.joined("a", "h", 0);
    floor.disconnect("a", 10);
    expect(floor.settle(10 + graceMs - 1).lost).toEqual([]);
    expect(floor.nextAt).toBe(10 + graceMs);
    expect(floor.settle(10 + graceMs).lost).toEqual(["h"]);
    expect(floor.person("a")?.status).toBe("offline");
  });

  it("is found with what they have behind a restart, and has the time of grace from then", () => {
    const floor = new Floor();
    floor.know(person("a"), 0);
    ask(floor, "h", 0);
    floor.joined("a", "h", 5);
    expect(floor.settle(5 + graceMs - 1).lost).toEqual([]);
    expect(floor.settle(5 + graceMs).lost).toEqual(["h"]);
  });

  it("who comes back in time is as they were", () => {
    const floor = floorWith(person("a"));
    floor.disconnect("a", 10);
    floor.connect("a", 20);
    floor.settle(10 + graceMs);
    expect(floor.person("a")).toMatchObject({ status: "available", lostAt: null });
    expect(floor.nextAt).toBe(null);
  });

  it("who comes back later is away until they say otherwise", () => {
    const floor = floorWith(person("a"));
    floor.disconnect("a", 10);
    floor.settle(10 + graceMs);
    floor.connect("a", 20 + graceMs);
    expect(floor.person("a")?.status).toBe("away");
  });
});

describe("a line", () => {
  it("is by age, also behind a transfer", () => {
    const floor = floorWith();
    ask(floor, "old", 0);
    ask(floor, "new", 5, "second");
    floor.requeue("old", 10, "second");
    expect(floor.line("second").map(({ handoff }) => handoff)).toEqual(["old", "new"]);
    expect(floor.line("desk")).toEqual([]);
  });

  it("is attended while somebody who serves it is at the desk", () => {
    const floor = floorWith(person("a", { queues: ["x"] }));
    expect([floor.isAttended("x"), floor.isAttended("y")]).toEqual([true, false]);
    floor.disconnect("a", 0);
    expect(floor.isAttended("x")).toBe(true);
    floor.settle(graceMs);
    expect(floor.isAttended("x")).toBe(false);
  });
});
