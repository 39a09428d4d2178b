import { EVENT, TYPING_STATE } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import type { FakeSocket } from "../testing/fake-socket.ts";
import { after, grace, Place } from "../testing/handover-place.ts";
import { type Connection, end, types } from "../testing/house.ts";
import { TYPING_MS } from "./handover.ts";

const typing = (socket: FakeSocket) =>
  socket.events.flatMap((event) =>
    event.type === EVENT.LIVE_AGENT_TYPING ? [event.payload.state.replace("TYPING_STATE_", "")] : [],
  );

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
    const name = await place.newest();
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
