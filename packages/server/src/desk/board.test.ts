import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { Board, type BoardSource } from "./board.ts";
import type { DeskConversation, DeskFrame, DeskPerson, DeskQueue } from "./wire.ts";

const conversation = (handoff: string, queue = "desk"): DeskConversation => ({
  handoff,
  session: `session-${handoff}`,
  state: "waiting",
  queue,
  skills: [],
  reason: "The guest asked for a person.",
  requested_at: 0,
  since: 0,
  person: null,
  until: null,
  user: { name: "Ada Lovelace", presence: "there", presence_since: 0, typing: false },
  last: { from: "user", text: "Is anybody there? ".repeat(7), at: 0, sequence: 9 },
  user_messages: 3,
  locale: "en-GB",
  platform: "web",
});

const person = (id: string): DeskPerson => ({
  id,
  name: id,
  avatar_url: "",
  role: "agent",
  skills: [],
  queues: [],
  status: "available",
  status_since: 0,
  connected: true,
  capacity: 4,
  load: 0,
});

/** A desk that a test fills by hand. */
class Source implements BoardSource {
  readonly byHandoff = new Map<string, DeskConversation>();
  readonly byId = new Map<string, DeskPerson>();

  conversation = (handoff: string) => this.byHandoff.get(handoff) ?? null;
  conversations = () => this.byHandoff.values();
  person = (id: string) => this.byId.get(id) ?? null;
  people = () => this.byId.values();
  queues(): DeskQueue[] {
    const waiting = [...this.byHandoff.values()].filter(({ state }) => state === "waiting").length;
    return [{ name: "desk", open: true, waiting, oldest_at: null, available: this.byId.size }];
  }
}

function board() {
  const source = new Source();
  const clock = new ManualClock();
  return { source, clock, board: new Board(source, clock, "epoch") };
}

type Lists = Extract<DeskFrame, { type: "desk" }>;
const everything = { sees: () => true };

/** What a page shows that has taken these frames. */
function shown(frames: readonly (Lists | null)[]) {
  const conversations = new Map<string, DeskConversation>();
  const people = new Map<string, DeskPerson>();
  const queues = new Map<string, DeskQueue>();
  for (const frame of frames) {
    if (frame === null) continue;
    if (frame.full) for (const list of [conversations, people, queues]) list.clear();
    for (const one of frame.conversations) conversations.set(one.handoff, one);
    for (const { handoff } of frame.over) conversations.delete(handoff);
    for (const handoff of frame.hidden) conversations.delete(handoff);
    for (const one of frame.people) people.set(one.id, one);
    for (const id of frame.gone) people.delete(id);
    for (const one of frame.queues) queues.set(one.name, one);
  }
  const sorted = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return { conversations: sorted(conversations), people: sorted(people), queues: sorted(queues) };
}

describe("the board", () => {
  it("shows who has followed the changes the same as who comes new, whoever looks", () => {
    const step = fc.record({
      what: fc.constantFrom("come", "join", "move", "over", "person", "look"),
      which: fc.constantFrom("1", "2", "3", "4", "5", "6"),
    });
    const queue = fc.constantFrom(null, "desk", "second");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), queue, (steps, only) => {
        const { source, board: one } = board();
        const viewer = { sees: (seen: DeskConversation) => only === null || seen.queue === only };
        const frames: (Lists | null)[] = [one.frame(viewer, null)];
        const look = () =>
          frames.push(one.frame(viewer, frames.findLast((f) => f !== null)?.revision ?? null));
        // A handoff that is over never comes again.
        const past = new Set<string>();
        for (const { what, which } of steps) {
          if (past.has(which)) continue;
          const known = source.byHandoff.get(which);
          if (what === "look") look();
          else if (what === "person") {
            source.byId.set(which, { ...person(which), load: source.byHandoff.size });
            one.touchPerson(which);
          } else if (what === "come" && known === undefined) {
            source.byHandoff.set(which, conversation(which));
            one.touchConversation(which);
          } else if (known === undefined) continue;
          else if (what === "over") {
            past.add(which);
            source.byHandoff.delete(which);
            one.over(which, "completed");
          } else {
            const queue = what === "move" && known.queue === "desk" ? "second" : "desk";
            source.byHandoff.set(which, { ...known, queue, state: what === "join" ? "joined" : "waiting" });
            one.touchConversation(which);
          }
        }
        look();
        expect(shown(frames)).toEqual(shown([one.frame(viewer, null)]));
        expect(one.frame(viewer, frames.findLast((f) => f !== null)?.revision ?? null)).toBe(null);
      }),
    );
  });

  it("of 500 conversations sends one that has changed, and not all", () => {
    const { source, board: one } = board();
    for (let i = 0; i < 500; i += 1) {
      source.byHandoff.set(`${i}`, conversation(`${i}`));
      one.touchConversation(`${i}`);
    }
    const whole = one.frame(everything, null);
    expect(Buffer.byteLength(JSON.stringify(whole))).toBeLessThan(400_000);
    one.touchConversation("7");
    const change = one.frame(everything, whole?.revision ?? 0);
    expect(change?.conversations.map(({ handoff }) => handoff)).toEqual(["7"]);
    expect(Buffer.byteLength(JSON.stringify(change))).toBeLessThan(1_000);
  });

  it("gathers what changes together, and tells of it once", () => {
    const { clock, board: one } = board();
    let calls = 0;
    one.listen(() => {
      calls += 1;
    });
    for (let i = 0; i < 100; i += 1) one.touchPerson(`${i}`);
    expect(calls).toBe(0);
    clock.advance(30);
    expect(calls).toBe(1);
  });

  it("begins anew with who has missed more than it remembers, or counts otherwise", () => {
    const { board: one } = board();
    const since = one.frame(everything, null)?.revision ?? 0;
    for (let i = 0; i < 2_000; i += 1) one.over(`${i}`, "failed");
    expect(one.frame(everything, since)).toMatchObject({ full: false });
    one.over("last", "failed");
    expect(one.frame(everything, since)).toMatchObject({ full: true });
    expect(one.frame(everything, 1_000_000)).toMatchObject({ full: true });
  });
});
