import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { HANDOFF_TEXTS } from "../conversation/handoffs.ts";
import { WAIT_MS } from "../testing/conversation-driver.ts";
import { after, grace, Place } from "../testing/handover-place.ts";
import { say, types } from "../testing/house.ts";

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
