import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { alan } from "../testing/handed-off.ts";
import { grace, Place } from "../testing/handover-place.ts";
import { IDLE_MS, SWEEP_MS } from "../testing/house.ts";

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
