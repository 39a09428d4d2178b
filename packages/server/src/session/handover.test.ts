import { randomUUID } from "node:crypto";
import { CLOSE, EVENT, TYPING_STATE } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { functionAgent } from "../agents/function.ts";
import { handoff } from "../agents/helpers.ts";
import type { HandoffCommand, Person } from "../conversation/handoff.ts";
import { HANDOFF_TEXTS, NO_HANDOFFS } from "../conversation/handoffs.ts";
import { NobodyThere } from "../handoff/provider.ts";
import { decodeHandoff } from "../handoff/records.ts";
import { FakeProvider } from "../testing/fake-provider.ts";
import type { FakeSocket } from "../testing/fake-socket.ts";
import {
  type Connection,
  end,
  House,
  type HouseOptions,
  IDLE_MS,
  REST_MS,
  SWEEP_MS,
  say,
  types,
} from "../testing/house.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";
import { GONE_MS, TYPING_MS } from "./handover.ts";

const WAIT_MS = 300_000;
const grace: Person = { id: "p1", name: "Grace", avatarUrl: "" };
const alan: Person = { id: "p2", name: "Alan", avatarUrl: "" };

/** Hands off at `human`, and otherwise says what it knows. */
const agent = functionAgent({
  name: "Ada",
  async *respond({ reason, messages, returned }) {
    const texts = messages.map(({ text }) => text);
    if (texts.includes("human")) {
      yield handoff({ reason: "asked", summary: "All of it.", context: { order: 7 } });
      return;
    }
    yield reason === "returned" ? `Back: ${returned?.reason ?? ""} [${texts}]` : `Answer [${texts}]`;
  },
});

class Place {
  readonly provider = new FakeProvider();
  readonly house: House;

  constructor(journal = new MemoryJournal(), options: HouseOptions = {}) {
    const handoffs = { ...NO_HANDOFFS, provider: "fake", queue: "support", waitMs: () => WAIT_MS };
    this.house = new House(journal, {
      source: agent,
      policy: { handoffs },
      providers: { fake: this.provider },
      ...options,
    });
  }

  /** A user who has asked for a person. */
  async waiting(): Promise<Connection & { id: string }> {
    const user = await this.house.joined();
    say(user, "human");
    await this.house.settle();
    return user;
  }

  async talking(): Promise<Connection & { id: string }> {
    const user = await this.waiting();
    await this.act({ kind: "join", person: grace });
    return user;
  }

  /** The process dies, and the next one starts on what is on disk. */
  async crash(): Promise<Place> {
    const next = new Place(this.house.journal.crash());
    next.house.clock.advance(this.house.clock.now() - next.house.clock.now());
    await next.house.sessions.start();
    await next.house.settle();
    return next;
  }

  /** A person does something with the newest handoff. */
  async act(command: HandoffCommand, key: string | null = randomUUID()) {
    const [stored] = await this.house.journal.handoffs({ limit: 1 });
    const name = { id: stored?.id ?? "", session: stored?.session ?? "" };
    const answered = this.house.sessions.command(name, command, key);
    await this.house.settle();
    return await answered;
  }

  async record() {
    const [stored] = await this.house.journal.handoffs({ limit: 1 });
    return stored && decodeHandoff(stored);
  }
}

const typing = (socket: FakeSocket) =>
  socket.events.flatMap((event) =>
    event.type === EVENT.LIVE_AGENT_TYPING ? [event.payload.state.replace("TYPING_STATE_", "")] : [],
  );
const after = (socket: FakeSocket, type: string) => {
  const all = types(socket);
  return all.slice(all.lastIndexOf(type) + 1);
};

describe("a session whose agent hands off", () => {
  it("asks the provider once that is on disk, with what the agent gave it and who the user is", async () => {
    const place = new Place();
    const { socket } = await place.waiting();
    expect(after(socket, "USER_MESSAGE").slice(-2)).toEqual([
      "POLY_AGENT_TRIGGERED_HANDOFF",
      "POLY_AGENT_LEFT",
    ]);
    expect(place.provider.requests).toMatchObject([
      {
        handoff: {
          stage: "requested",
          provider: "fake",
          queue: "support",
          initiator: "agent",
          reason: "asked",
          summary: "All of it.",
          context: { order: 7 },
        },
        session: { connector: "demo" },
        verified: null,
        presence: "there",
      },
    ]);
    expect(await place.record()).toEqual(place.provider.requests[0]?.handoff);
  });

  it.each([
    ["a reason for the user", new NobodyThere("We are closed."), "We are closed."],
    ["any error", new Error("ECONNREFUSED 10.0.0.7"), HANDOFF_TEXTS.failed],
  ])("that the provider cannot take, with %s, has its agent back", async (_, error, reason) => {
    const place = new Place();
    place.provider.before = () => Promise.reject(error);
    const { socket } = await place.waiting();
    expect(after(socket, "POLY_AGENT_LEFT")).toEqual([
      "HANDOFF_FAILED",
      "POLY_AGENT_JOINED",
      "POLY_AGENT_THINKING",
      "POLY_AGENT_MESSAGE",
    ]);
    const failed = socket.events.find(({ type }) => type === EVENT.HANDOFF_FAILED);
    expect(failed?.payload).toEqual({ reason });
    expect(socket.events.at(-1)?.payload).toMatchObject({ text: `Back: ${reason} []` });
    expect(place.provider.news).toEqual([{ kind: "ended", outcome: "failed", reason }]);
  });

  it("does not ask where the queue takes nobody, nor a provider that is not there any more", async () => {
    const admission = { admit: () => Promise.reject(new NobodyThere("All are busy.")) };
    const full = new Place(undefined, {
      source: agent,
      policy: { handoffs: { ...NO_HANDOFFS, provider: "none" } },
      admission,
    });
    const { socket } = await full.waiting();
    expect(socket.events.at(-1)?.payload).toMatchObject({ text: "Back: All are busy. []" });

    const gone = new Place(undefined, {
      source: agent,
      policy: { handoffs: { ...NO_HANDOFFS, provider: "sold" } },
    });
    const user = await gone.waiting();
    expect(types(user.socket)).toContain("HANDOFF_FAILED");
  });

  it("is in memory while it waits and while it talks, so that its time and its user's presence are kept", async () => {
    const place = new Place();
    const { session, reader } = await place.waiting();
    session.detach(reader);
    await place.house.advance(REST_MS);
    expect(place.house.sessions.size).toBe(1);
    await place.act({ kind: "join", person: grace });
    await place.house.advance(REST_MS);
    expect(place.house.sessions.size).toBe(1);
    await place.act({ kind: "return" });
    await place.house.advance(REST_MS);
    expect(place.house.sessions.size).toBe(0);
  });
});

describe("what a person does", () => {
  it("reaches the user in the protocol's order, and the session ends behind LIVE_AGENT_LEFT", async () => {
    const place = new Place();
    const user = await place.waiting();
    await place.act({ kind: "queue", status: { position: 1 } });
    await place.act({ kind: "join", person: grace });
    const answer = await place.act({ kind: "message", text: "Hello." });
    say(user, "hi");
    await place.house.settle();
    await place.act({ kind: "end" });
    expect(after(user.socket, "POLY_AGENT_LEFT")).toEqual([
      "HANDOFF_ACCEPTED",
      "HANDOFF_QUEUE_STATUS",
      "LIVE_AGENT_JOINED",
      "LIVE_AGENT_MESSAGE",
      "USER_MESSAGE",
      "LIVE_AGENT_LEFT",
      "SESSION_END",
    ]);
    expect(user.socket.closed).toBe(CLOSE.ended);
    const said = user.socket.events.find(({ type }) => type === EVENT.LIVE_AGENT_MESSAGE);
    expect(answer).toEqual({ sequence: said?.sequence, isRepeat: false });
    expect(await place.record()).toMatchObject({ stage: "ended", outcome: "completed" });
  });

  it("comes once, also where the first copy is still on its way to the disk", async () => {
    const place = new Place();
    const { socket } = await place.talking();
    const [stored] = await place.house.journal.handoffs({ limit: 1 });
    const name = { id: stored?.id ?? "", session: stored?.session ?? "" };
    const hello: HandoffCommand = { kind: "message", text: "Hello." };
    place.house.journal.hold();
    const both = [1, 2].map(() => place.house.sessions.command(name, hello, "d1"));
    await place.house.settle();
    expect(types(socket)).not.toContain("LIVE_AGENT_MESSAGE");
    place.house.journal.release();
    const answers = await Promise.all(both);
    await place.house.settle();
    expect(answers).toEqual([
      { sequence: answers[0] && "sequence" in answers[0] && answers[0].sequence, isRepeat: false },
      { ...answers[0], isRepeat: true },
    ]);
    expect(types(socket).filter((type) => type === "LIVE_AGENT_MESSAGE")).toHaveLength(1);
  });

  it("is refused for sessions and handoffs that are not there, or over", async () => {
    const place = new Place();
    const { id } = await place.talking();
    const hello: HandoffCommand = { kind: "message", text: "Hello." };
    const { sessions } = place.house;
    expect(await sessions.command({ id: "h", session: "s" }, hello, null)).toEqual({ refusal: "unknown" });
    expect(await sessions.command({ id: "h", session: id }, hello, null)).toEqual({ refusal: "over" });
    const plain = await new Place().house.joined();
    expect(await plain.session.command("h", hello, null)).toEqual({ refusal: "unknown" });
    await place.act({ kind: "end" }, "last");
    await place.house.advance(REST_MS);
    expect(await place.act({ kind: "end" }, "last")).toEqual({ sequence: null, isRepeat: true });
    expect(await place.act(hello)).toEqual({ refusal: "over" });
    await place.house.advance(WAIT_MS);
    expect(await place.act(hello)).toEqual({ refusal: "over" });
  });

  it("is not taken where the journal fails: the caller is told, and may do it again", async () => {
    const place = new Place();
    await place.talking();
    const hello: HandoffCommand = { kind: "message", text: "Hello." };
    place.house.journal.fail();
    await expect(place.act(hello, "d1")).rejects.toThrow();
    await place.house.settle();
    expect(await place.act(hello, "d1")).toMatchObject({ isRepeat: false });
    const rows = (await place.house.journal.changes(0, 1_000)).filter(({ data }) =>
      data.includes("LIVE_AGENT_MESSAGE"),
    );
    expect(rows).toHaveLength(1);
  });
});

describe("typing", () => {
  it("of the person is told on change, and stops by itself, with words, and with the end", async () => {
    const place = new Place();
    const { socket } = await place.talking();
    const type = (isTyping: boolean) => place.act({ kind: "typing", isTyping });
    await type(true);
    await type(true);
    expect(typing(socket)).toEqual(["STARTED"]);
    await type(false);
    await type(false);
    expect(typing(socket)).toEqual(["STARTED", "STOPPED"]);
    await type(true);
    await place.house.advance(TYPING_MS);
    expect(typing(socket).slice(2)).toEqual(["STARTED", "STOPPED"]);
    await type(true);
    await place.act({ kind: "message", text: "Hello." });
    expect(after(socket, "LIVE_AGENT_JOINED").slice(-3)).toEqual([
      "LIVE_AGENT_TYPING",
      "LIVE_AGENT_TYPING",
      "LIVE_AGENT_MESSAGE",
    ]);
    await type(true);
    await place.act({ kind: "end" });
    expect(types(socket).slice(-4)).toEqual([
      "LIVE_AGENT_TYPING",
      "LIVE_AGENT_TYPING",
      "LIVE_AGENT_LEFT",
      "SESSION_END",
    ]);
  });

  it.each<[string, (place: Place, user: Connection) => unknown]>([
    ["is given on", (place) => place.act({ kind: "transfer" })],
    ["gives back", (place) => place.act({ kind: "return" })],
    ["is lost with the provider", (place) => place.act({ kind: "fail" })],
    ["is left by the user", (_, user) => end(user)],
  ])("stops first where the person %s", async (_, happen) => {
    const place = new Place();
    const user = await place.talking();
    await place.act({ kind: "typing", isTyping: true });
    await happen(place, user);
    await place.house.settle();
    expect(typing(user.socket)).toEqual(["STARTED", "STOPPED"]);
    const rest = after(user.socket, "LIVE_AGENT_TYPING");
    expect(rest.length).toBeGreaterThan(0);
  });

  it("comes behind the join that makes it possible, and not from one who has not joined", async () => {
    const place = new Place();
    const { socket } = await place.waiting();
    expect(await place.act({ kind: "typing", isTyping: true })).toEqual({ refusal: "not_joined" });
    const [stored] = await place.house.journal.handoffs({ limit: 1 });
    const name = { id: stored?.id ?? "", session: stored?.session ?? "" };
    const { sessions } = place.house;
    void sessions.command(name, { kind: "join", person: grace }, null);
    void sessions.command(name, { kind: "typing", isTyping: true, person: "p1" }, null);
    void sessions.command(name, { kind: "typing", isTyping: true, person: "p2" }, null);
    await place.house.settle();
    expect(types(socket).slice(-2)).toEqual(["LIVE_AGENT_JOINED", "LIVE_AGENT_TYPING"]);
    expect(typing(socket)).toEqual(["STARTED"]);
  });

  it("is told to a socket that comes back, since it may have missed the stop", async () => {
    const place = new Place();
    const { id } = await place.talking();
    const first = await place.house.connect(id);
    expect(typing(first.socket)).toEqual(["STOPPED"]);
    await place.act({ kind: "typing", isTyping: true });
    const second = await place.house.connect(id);
    expect(typing(second.socket)).toEqual(["STARTED"]);
  });

  it("of the user is told to the provider on change, and stops by itself, and when the user is gone", async () => {
    const place = new Place();
    const { session, reader } = await place.talking();
    const type = (state: (typeof TYPING_STATE)[keyof typeof TYPING_STATE]) =>
      session.receive(reader, { type: EVENT.USER_TYPING, payload: { state } });
    type(TYPING_STATE.started);
    type(TYPING_STATE.started);
    type(TYPING_STATE.stopped);
    type(TYPING_STATE.stopped);
    type(TYPING_STATE.started);
    await place.house.advance(TYPING_MS);
    type(TYPING_STATE.started);
    session.detach(reader);
    const states = place.provider.news.map((news) => (news.kind === "typing" ? news.state : news.kind));
    const { started, stopped } = TYPING_STATE;
    expect(states).toEqual([started, stopped, started, stopped, started, stopped, "presence"]);
  });
});

describe("what the provider is told", () => {
  it("is how far the events are, behind each commit", async () => {
    const place = new Place();
    const user = await place.talking();
    say(user, "hi");
    await place.house.settle();
    const { news } = place.provider.told.at(-1) ?? {};
    expect(news).toEqual({ kind: "events", through: user.session.state.sequence });
  });

  it("is whether the user is there: reconnecting, there again, gone, back", async () => {
    const place = new Place();
    const { id, session, reader } = await place.talking();
    session.detach(reader);
    const again = await place.house.connect(id);
    const another = await place.house.connect(id);
    session.detach(another.reader);
    session.detach(again.reader);
    await place.house.advance(GONE_MS);
    await place.house.connect(id);
    expect(place.provider.news).toEqual(
      ["reconnecting", "there", "reconnecting", "gone", "there"].map((presence) => ({
        kind: "presence",
        presence,
      })),
    );
  });

  it("is the end, whoever ended it, and nothing behind it", async () => {
    const place = new Place();
    const user = await place.talking();
    end(user);
    await place.house.settle();
    expect(place.provider.told.at(-1)?.news).toEqual({ kind: "ended", outcome: "user_ended", reason: null });
    const { length } = place.provider.told;
    await place.house.advance(GONE_MS);
    expect(place.provider.told).toHaveLength(length);
  });

  it("fails the provider alone where it throws", async () => {
    const place = new Place();
    place.provider.tell = () => {
      throw new Error("a fault of the provider's");
    };
    const user = await place.talking();
    say(user, "hi");
    await place.house.settle();
    expect(types(user.socket).at(-1)).toBe("USER_MESSAGE");
  });
});

describe("the wait", () => {
  it("ends at its limit, and the agent answers what was written meanwhile", async () => {
    const place = new Place();
    const user = await place.waiting();
    say(user, "hello?");
    await place.house.advance(WAIT_MS - 1_000);
    expect(types(user.socket)).not.toContain("HANDOFF_TIMEOUT");
    await place.house.advance(1_000);
    expect(after(user.socket, "USER_MESSAGE")).toEqual([
      "HANDOFF_TIMEOUT",
      "POLY_AGENT_JOINED",
      "POLY_AGENT_THINKING",
      "POLY_AGENT_MESSAGE",
    ]);
    expect(user.socket.events.at(-1)?.payload).toMatchObject({
      text: `Back: ${HANDOFF_TEXTS.timedOut} [hello?]`,
    });
    expect(place.provider.news).toEqual([
      { kind: "ended", outcome: "timed_out", reason: HANDOFF_TEXTS.timedOut },
    ]);
  });

  it("is over where somebody joins, and begins anew with a transfer", async () => {
    const place = new Place();
    const { socket, session } = await place.waiting();
    await place.house.advance(WAIT_MS - 1_000);
    await place.act({ kind: "join", person: grace });
    await place.house.advance(WAIT_MS);
    expect(types(socket)).not.toContain("HANDOFF_TIMEOUT");
    await place.act({ kind: "transfer" });
    session.live();
    await place.house.advance(WAIT_MS - 1_000);
    expect(types(socket)).not.toContain("HANDOFF_TIMEOUT");
    await place.house.advance(1_000);
    expect(types(socket)).toContain("HANDOFF_TIMEOUT");
  });

  it("goes on over a crash: the provider is asked again, with the same id and the time that is left", async () => {
    const before = new Place();
    const { id } = await before.waiting();
    await before.act({ kind: "queue", status: { position: 3 } });
    await before.house.advance(WAIT_MS - 10_000);
    const place = await before.crash();
    expect(place.provider.requests).toMatchObject([
      { handoff: { id: before.provider.requests[0]?.handoff.id, stage: "queued" }, presence: "reconnecting" },
    ]);
    const user = await place.house.connect(id);
    expect(user.socket.events.at(-1)).toMatchObject({
      type: EVENT.HANDOFF_QUEUE_STATUS,
      payload: { position_in_queue: 3 },
    });
    await place.house.advance(9_000);
    expect(types(user.socket)).not.toContain("HANDOFF_TIMEOUT");
    await place.house.advance(1_000);
    expect(types(user.socket)).toContain("HANDOFF_TIMEOUT");
  });

  it("that was over while nobody ran ends at the start", async () => {
    const before = new Place();
    const { id } = await before.waiting();
    const journal = before.house.journal.crash();
    const place = new Place(journal);
    place.house.clock.set(WAIT_MS);
    await place.house.sessions.start();
    await place.house.settle();
    const user = await place.house.connect(id);
    expect(types(user.socket)).toContain("HANDOFF_TIMEOUT");
  });
});

describe("a talk over a crash", () => {
  it("goes on, and a delivery that was made before it is known", async () => {
    const before = new Place();
    const { id } = await before.talking();
    await before.act({ kind: "message", text: "Hello." }, "d1");
    const place = await before.crash();
    expect(place.provider.requests).toMatchObject([{ handoff: { stage: "joined", person: grace } }]);
    expect(await place.act({ kind: "message", text: "Hello." }, "d1")).toMatchObject({ isRepeat: true });
    await place.act({ kind: "message", text: "Still here." }, "d2");
    const user = await place.house.connect(id);
    const said = user.socket.events.flatMap((event) =>
      event.type === EVENT.LIVE_AGENT_MESSAGE ? [event.payload.text] : [],
    );
    expect(said).toEqual(["Hello.", "Still here."]);
    await place.act({ kind: "transfer" });
    await place.act({ kind: "join", person: alan });
    await place.act({ kind: "return", reason: "done" });
    expect(user.socket.events.at(-1)?.payload).toMatchObject({ text: "Back: done []" });
  });

  it("is taken up again after an orderly stop as well", async () => {
    const before = new Place();
    await before.talking();
    await before.house.sessions.drain(0);
    await before.house.sessions.stop();
    const place = await before.crash();
    expect(place.provider.requests).toMatchObject([{ handoff: { stage: "joined" } }]);
    expect(await place.act({ kind: "message", text: "Still here." })).toMatchObject({ isRepeat: false });
  });
});

describe("a session whose connector is not configured any more", () => {
  it("ends as one that is left idle, and so does its handoff: in its record, and for the provider", async () => {
    const before = new Place();
    await before.talking();
    const place = new Place(before.house.journal.crash(), { connectors: [] });
    place.house.clock.advance(before.house.clock.now() - place.house.clock.now());
    await place.house.sessions.start();
    await place.house.advance(IDLE_MS);
    await place.house.advance(SWEEP_MS);
    expect(await place.record()).toMatchObject({ stage: "ended", outcome: "user_abandoned" });
    expect(place.provider.news).toEqual([{ kind: "ended", outcome: "user_abandoned", reason: null }]);
  });
});

describe("what was asked for before a session ended", () => {
  it("is known when it is asked for again, though the session leaves memory as soon as it is there", async () => {
    const place = new Place();
    const { id, session, reader } = await place.house.joined();
    const { sessions } = place.house;
    const wish = await sessions.handOver(id, { key: "k" });
    const prompt = { key: "p", prompt: null, text: "Hi." };
    expect(await sessions.prompt(id, prompt)).toEqual({ refusal: "handed_off" });
    await place.act({ kind: "join", person: grace });
    await place.act({ kind: "end" }, "last");
    expect(session.state.ended).not.toBeNull();
    session.detach(reader);
    for (let times = 0; times < 2; times += 1) {
      expect(await sessions.handOver(id, { key: "k" })).toEqual(wish);
      const [stored] = await place.house.journal.handoffs({ limit: 1 });
      const name = { id: stored?.id ?? "", session: id };
      expect(await sessions.command(name, { kind: "end" }, "last")).toEqual({
        sequence: null,
        isRepeat: true,
      });
    }
  });
});

describe("an operator", () => {
  it("has a person go on, once for each key", async () => {
    const place = new Place();
    const { id, socket } = await place.house.joined();
    const { sessions } = place.house;
    const first = await sessions.handOver(id, { key: "k", reason: "angry" });
    expect(await sessions.handOver(id, { key: "k", reason: "angry" })).toEqual(first);
    expect(await sessions.handOver(id, { key: "k" })).toEqual({ refusal: "key_conflict" });
    expect(await sessions.handOver(id, { key: "other" })).toEqual({ refusal: "handed_off" });
    expect(await sessions.handOver("unknown", { key: null })).toEqual({ refusal: "unknown" });
    await place.house.settle();
    expect(types(socket).filter((type) => type === "POLY_AGENT_TRIGGERED_HANDOFF")).toHaveLength(1);
    expect(place.provider.requests).toMatchObject([{ handoff: { initiator: "operator", reason: "angry" } }]);
  });
});
