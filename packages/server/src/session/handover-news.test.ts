import { describe, expect, it } from "vitest";
import { Place } from "../testing/handover-place.ts";
import { end, say, types } from "../testing/house.ts";
import { GONE_MS } from "./handover.ts";

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
