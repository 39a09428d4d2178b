import { EVENT, TYPING_STATE } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { DeskPage } from "../support/desk-page.ts";
import { deskServer } from "../support/server.ts";
import { userWhoAsks } from "./user.ts";

const cleanUp = useCleanUp();

async function setup(...logins: string[]) {
  const server = cleanUp().use(await deskServer());
  const pages: DeskPage[] = [];
  for (const login of logins) pages.push(await DeskPage.available(server.url, login));
  cleanUp().defer(() => {
    for (const page of pages) page.drop();
  });
  return { ...server, pages };
}

describe("a conversation at the desk", () => {
  it("is offered, taken, talked in, given back, and handed off once more", async () => {
    const { url, pages } = await setup("robin");
    const [robin] = pages as [DeskPage];
    const user = await userWhoAsks(cleanUp(), url, {
      streaming_enabled: true,
      locale: "en-GB",
      attributes: { name: "Ada", page_url: "https://shop.example/basket" },
    });
    const { sessionId: session } = user;

    const offered = await robin.conversation(session, ({ state }) => state === "offered", "the offer");
    expect(offered).toMatchObject({ person: robin.me?.id, user: { name: "Ada", presence: "there" } });
    await robin.do({ type: "take", handoff: offered.handoff });
    await user.until(() => user.of(EVENT.LIVE_AGENT_JOINED).length === 1, "the person");
    expect(user.of(EVENT.LIVE_AGENT_JOINED)[0]?.payload).toMatchObject({ agent_name: "Robin" });
    await robin.watch(session);
    expect(robin.details.get(session)).toMatchObject({
      page: "https://shop.example/basket",
      verified: null,
      attributes: { name: "Ada" },
    });
    await robin.until(() => robin.said(session).some((text) => text === "user: human"), "what was said");
    expect(robin.said(session)[0]).toMatch(/^agent: /);

    user.send(EVENT.USER_TYPING, { state: TYPING_STATE.started });
    await robin.conversation(session, (one) => one.user.typing, "the user's typing");
    user.say("Is the kitchen open?");
    await robin.conversation(session, (one) => !one.user.typing, "the end of the user's typing");
    await robin.until(() => robin.said(session).includes("user: Is the kitchen open?"), "the question");

    robin.say({ type: "typing", handoff: offered.handoff, state: "started" });
    await user.until(() => user.of(EVENT.LIVE_AGENT_TYPING).length > 0, "the person's typing");
    await robin.do({ type: "note", handoff: offered.handoff, text: "Regular guest" });
    const { sequence } = await robin.do({
      type: "say",
      handoff: offered.handoff,
      text: "It is, **until ten**.",
      suggestions: [{ message_text: "A table, please" }],
    });
    await user.until(() => user.of(EVENT.LIVE_AGENT_MESSAGE).length === 1, "the person's words");
    expect(user.of(EVENT.LIVE_AGENT_MESSAGE)[0]).toMatchObject({
      sequence,
      payload: { text: "It is, **until ten**.", agent_id: robin.me?.id },
    });
    const typing = user.of(EVENT.LIVE_AGENT_TYPING).map(({ payload }) => payload.state);
    expect(typing.at(-1)).toBe(TYPING_STATE.stopped);
    await robin.until(() => robin.said(session).includes("note: Regular guest"), "the note");
    expect(user.seen.some((event) => JSON.stringify(event).includes("Regular guest"))).toBe(false);

    await robin.do({ type: "give_back", handoff: offered.handoff, note: "Wants a table" });
    await user.until(() => user.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
    await robin.until(() => robin.over.get(offered.handoff) === "returned", "the end of the handoff");
    expect(user.of(EVENT.LIVE_AGENT_LEFT)).toEqual([]);

    user.say("human, please");
    const again = await robin.conversation(session, ({ state }) => state === "offered", "the second offer");
    expect(again.handoff).not.toBe(offered.handoff);
    expect(await robin.ask({ type: "say", handoff: offered.handoff, text: "too late" })).toBe("gone");
    await robin.do({ type: "take", handoff: again.handoff });
    await robin.do({ type: "end", handoff: again.handoff });
    await user.until(() => user.closed === 1000, "the end");
    expect(user.seen.at(-1)?.type).toBe(EVENT.SESSION_END);
    await robin.until(() => robin.over.get(again.handoff) === "completed", "the end of the second handoff");
    expect(robin.people.get(robin.me?.id ?? "")).toMatchObject({ load: 0, status: "available" });
  });

  it("that nobody is there for fails at once, and the agent is back", async () => {
    const { url } = await setup();
    const user = await userWhoAsks(cleanUp(), url);
    await user.until(() => user.of(EVENT.HANDOFF_FAILED).length === 1, "the failure");
    expect(user.of(EVENT.HANDOFF_FAILED)[0]?.payload.reason).toBe(
      "Nobody is available to take over right now.",
    );
    await user.until(() => user.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
  });

  it("waits for who is away, who can take it all the same, and times out where nobody does", async () => {
    const { url, clock, pages } = await setup("robin");
    const [robin] = pages as [DeskPage];
    await robin.do({ type: "status", status: "away" });
    const first = await userWhoAsks(cleanUp(), url);
    const waiting = await robin.conversation(first.sessionId, ({ state }) => state === "waiting", "it waits");
    await first.until(() => first.of(EVENT.HANDOFF_QUEUE_STATUS).length > 0, "the place in the line");
    expect(first.of(EVENT.HANDOFF_QUEUE_STATUS)[0]?.payload).toMatchObject({ position_in_queue: 1 });
    const second = await userWhoAsks(cleanUp(), url);
    await second.until(() => second.of(EVENT.HANDOFF_QUEUE_STATUS).length > 0, "the place in the line");
    expect(second.of(EVENT.HANDOFF_QUEUE_STATUS)[0]?.payload).toMatchObject({ position_in_queue: 2 });
    await robin.do({ type: "take", handoff: waiting.handoff });
    await first.until(() => first.of(EVENT.LIVE_AGENT_JOINED).length === 1, "the person");
    await second.until(
      () => second.of(EVENT.HANDOFF_QUEUE_STATUS).at(-1)?.payload.position_in_queue === 1,
      "the next place",
    );
    clock.skip(300_000);
    // Pings were missed meanwhile.
    await Promise.all([second.connect(), robin.connect()]);
    await second.until(() => second.of(EVENT.HANDOFF_TIMEOUT).length === 1, "the end of the wait");
    await robin.until(() => [...robin.over.values()].includes("timed_out"), "the end of the wait");
  });
});

describe("several people", () => {
  it("are offered a conversation one after the other, and only one has it", async () => {
    const { url, clock, pages } = await setup("robin", "sam");
    const [robin, sam] = pages as [DeskPage, DeskPage];
    const user = await userWhoAsks(cleanUp(), url);
    const { sessionId: session } = user;
    const { handoff } = await robin.conversation(
      session,
      ({ person }) => person === robin.me?.id,
      "the offer",
    );
    expect(await sam.ask({ type: "take", handoff })).toBe("taken");
    clock.skip(20_000);
    await sam.conversation(session, ({ person }) => person === sam.me?.id, "the offer to the next");
    await sam.do({ type: "decline", handoff });
    await robin.conversation(session, ({ person }) => person === robin.me?.id, "the offer, once more");
    const [byRobin, bySam] = await Promise.all([
      robin.ask({ type: "take", handoff }),
      sam.ask({ type: "take", handoff }),
    ]);
    expect([byRobin, bySam]).toEqual([null, "taken"]);
    expect(await sam.ask({ type: "say", handoff, text: "I, too" })).toBe("not_yours");
    await user.until(() => user.of(EVENT.LIVE_AGENT_JOINED).length === 1, "the person");
  });

  it("pass a conversation on to each other, and the user reads one line", async () => {
    const { url, pages } = await setup("robin", "sam");
    const [robin, sam] = pages as [DeskPage, DeskPage];
    const user = await userWhoAsks(cleanUp(), url);
    const { sessionId: session } = user;
    const { handoff } = await robin.conversation(
      session,
      ({ person }) => person === robin.me?.id,
      "the offer",
    );
    await robin.do({ type: "take", handoff });
    const to = { person: sam.me?.id ?? "" };
    await robin.do({ type: "transfer", handoff, to });
    await sam.conversation(session, ({ person }) => person === sam.me?.id, "the offer to the other");
    expect(await robin.ask({ type: "say", handoff, text: "One more thing" })).toBe("not_yours");
    await sam.do({ type: "take", handoff });
    await user.until(() => user.of(EVENT.LIVE_AGENT_JOINED).length === 2, "the other person");
    const line = user.of(EVENT.HANDOFF_QUEUE_STATUS).find(({ payload }) => payload.display_message);
    expect(line?.payload.display_message).toBe("You are being passed on to Sam.");
    expect(user.of(EVENT.LIVE_AGENT_LEFT)).toEqual([]);

    expect(await sam.ask({ type: "transfer", handoff, to: { person: "nobody" } })).toBe("unknown_target");
    await sam.do({ type: "transfer", handoff, to: { queue: "billing" } });
    await robin.conversation(
      session,
      ({ queue, state }) => queue === "billing" && state !== "joined",
      "billing",
    );
    await robin.until(() => robin.queues.get("billing")?.waiting === 1, "the queue");
  });

  it("a supervisor looks on, and takes over", async () => {
    const { url, pages } = await setup("robin", "sam");
    const [robin, sam] = pages as [DeskPage, DeskPage];
    await robin.do({ type: "status", status: "away" });
    const user = await userWhoAsks(cleanUp(), url);
    const { sessionId: session } = user;
    const { handoff } = await sam.conversation(session, ({ person }) => person === sam.me?.id, "the offer");
    await sam.do({ type: "take", handoff });
    await robin.watch(session);
    await sam.do({ type: "say", handoff, text: "Sam here" });
    await robin.until(() => robin.said(session).includes("person: Sam here"), "what Sam says");
    await robin.do({ type: "take", handoff });
    await user.until(() => user.of(EVENT.LIVE_AGENT_JOINED).length === 2, "the supervisor");
    expect(await sam.ask({ type: "end", handoff })).toBe("not_yours");
    await robin.do({ type: "end", handoff });
    await robin.until(() => robin.over.get(handoff) === "completed", "the end");
    const midnight = new Date().setHours(0, 0, 0, 0);
    const day = (one: DeskPage) =>
      fetch(`${url}/desk/api/today?since=${midnight}`, { headers: { Cookie: one.cookie } });
    expect(await (await day(robin)).json()).toMatchObject({
      requested: 1,
      joined: 1,
      outcomes: { completed: 1 },
      queues: [{ name: "front-of-house", joined: 1 }],
      people: [{ name: "Robin", joined: 1 }],
    });
    expect((await day(sam)).status).toBe(403);
    expect(
      await sam.ask({ type: "put_canned", reply: { id: "1", shortcut: "hi", title: "", text: "Hi" } }),
    ).toBe("forbidden");
  });
});
