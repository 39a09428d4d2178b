import { CLOSE, EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import type { HandoffCommand } from "../conversation/handoff.ts";
import { HANDOFF_TEXTS, NO_HANDOFFS } from "../conversation/handoffs.ts";
import { NobodyThere } from "../handoff/provider.ts";
import { WAIT_MS } from "../testing/conversation-driver.ts";
import { after, grace, Place } from "../testing/handover-place.ts";
import { REST_MS, say, types } from "../testing/house.ts";

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
      policy: { handoffs: { ...NO_HANDOFFS, provider: "none" } },
      admission,
    });
    const { socket } = await full.waiting();
    expect(socket.events.at(-1)?.payload).toMatchObject({ text: "Back: All are busy. []" });

    const gone = new Place(undefined, {
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
    const name = await place.newest();
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
    const plain = new Place();
    const { id: other } = await plain.house.joined();
    const never = await plain.house.sessions.command({ id: "h", session: other }, hello, null);
    expect(never).toEqual({ refusal: "unknown" });
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
      expect(await sessions.command(await place.newest(), { kind: "end" }, "last")).toEqual({
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
