import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { DeskPage } from "../support/desk-page.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { deskServer } from "../support/server.ts";
import { userWhoAsks } from "./user.ts";

const cleanUp = useCleanUp();

async function page(url: string, login: string): Promise<DeskPage> {
  const one = await DeskPage.available(url, login);
  cleanUp().defer(() => one.drop());
  return one;
}

/** A user, and somebody who has taken the conversation and follows it. */
async function talk(url: string, person: DeskPage) {
  const user = await userWhoAsks(cleanUp(), url);
  const { handoff } = await person.conversation(
    user.sessionId,
    ({ state }) => state === "offered",
    "the offer",
  );
  await person.do({ type: "take", handoff });
  await person.watch(user.sessionId);
  await user.until(() => user.of(EVENT.LIVE_AGENT_JOINED).length === 1, "the person");
  return { user, handoff, session: user.sessionId };
}

/** The texts of the person's messages, as the user got them, each event once. */
const heard = (user: Chat) => {
  const events = new Map(user.of(EVENT.LIVE_AGENT_MESSAGE).map((event) => [event.id, event.payload.text]));
  return [...events.values()];
};

describe("a person whose browser dies", () => {
  it("keeps the conversation for the time of grace, then the next one is offered it with all that was said", async () => {
    const { url, clock } = cleanUp().use(await deskServer());
    const robin = await page(url, "robin");
    const { user, handoff, session } = await talk(url, robin);
    await robin.do({ type: "say", handoff, text: "One moment" });
    const sam = await page(url, "sam");
    robin.drop();
    const kept = await sam.conversation(session, ({ until }) => until !== null, "the time of grace");
    expect(kept).toMatchObject({ state: "joined", person: robin.me?.id });
    user.say("Are you still there?");
    clock.skip(60_000);
    await sam.conversation(session, ({ person }) => person === sam.me?.id, "the offer");
    await user.until(
      () => user.of(EVENT.HANDOFF_QUEUE_STATUS).some(({ payload }) => payload.display_message),
      "the line for the user",
    );
    await robin.connect();
    expect(await robin.ask({ type: "say", handoff, text: "Back again" })).toBe("not_yours");
    await sam.do({ type: "take", handoff });
    await sam.watch(session);
    await sam.until(() => sam.said(session).includes("user: Are you still there?"), "what was said");
    expect(sam.said(session)).toContain("person: One moment");
    expect(robin.people.get(robin.me?.id ?? "")?.status).toBe("away");
    expect(heard(user)).toEqual(["One moment"]);
  });

  it("who comes back in time goes on, and what was on its way arrives once", async () => {
    const { url, clock } = cleanUp().use(await deskServer());
    const robin = await page(url, "robin");
    const { user, handoff, session } = await talk(url, robin);
    const key = "the-outbox-sends-it-twice";
    robin.say({ type: "say", key, handoff, text: "Said as the line broke" });
    await user.until(() => heard(user).length === 1, "the person's words");
    robin.drop();
    user.drop();
    clock.skip(40_000);
    await Promise.all([robin.connect(), user.connect()]);
    const answer = await robin.do({ type: "say", key, handoff, text: "Said as the line broke" });
    expect(answer.sequence).toBe(user.of(EVENT.LIVE_AGENT_MESSAGE)[0]?.sequence);
    expect(await robin.ask({ type: "say", key, handoff, text: "Other words" })).toBe("key_reused");
    user.say("I was gone, too");
    await robin.until(() => robin.said(session).includes("user: I was gone, too"), "the user's words");
    await robin.do({ type: "say", handoff, text: "Never mind" });
    await user.until(() => heard(user).length === 2, "the person's words");
    expect(heard(user)).toEqual(["Said as the line broke", "Never mind"]);
    const said = robin.said(session).filter((text) => text.startsWith("person"));
    expect(said).toEqual(["person: Said as the line broke", "person: Never mind"]);
  });
});

describe("a page that comes back", () => {
  it("gets what has changed since, and no more", async () => {
    const { url } = cleanUp().use(await deskServer());
    const [robin, sam] = [await page(url, "robin"), await page(url, "sam")];
    const { handoff } = await talk(url, robin);
    await sam.until(() => sam.conversations.get(handoff)?.state === "joined", "what Robin has");
    sam.drop();
    await robin.until(() => robin.people.get(sam.me?.id ?? "")?.connected === false, "that Sam is gone");
    await robin.do({ type: "end", handoff });
    const before = sam.frames.length;
    await sam.connect();
    await sam.until(() => sam.over.get(handoff) === "completed", "the end");
    const lists = sam.frames.slice(before).filter((frame) => frame.type === "desk");
    expect(lists.some(({ full }) => full)).toBe(false);
  });
});

it("a server that stops closes its pages with 1012, and does not wait for them", async () => {
  const server = await deskServer();
  const robin = await page(server.url, "robin");
  await talk(server.url, robin);
  await server[Symbol.asyncDispose]();
  await robin.until(() => robin.closed !== null, "the close");
  expect(robin.closed).toBe(1012);
});

describe("the door of the desk's socket", () => {
  const statusOf = (url: string, headers: Record<string, string>, origin: string) =>
    new Promise<number>((resolve, reject) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/desk/ws`, { headers, origin });
      socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
      socket.on("open", () => reject(new Error("it was let in")));
      socket.on("error", () => {});
    });

  it("is closed to who is not signed in, and to other sites' pages", async () => {
    const { url } = cleanUp().use(await deskServer());
    const robin = await DeskPage.signIn(url, "robin");
    expect(await statusOf(url, {}, url)).toBe(401);
    expect(await statusOf(url, { Cookie: "parley_desk=x" }, url)).toBe(401);
    expect(await statusOf(url, { Cookie: robin.cookie }, "https://evil.example")).toBe(403);
  });

  it("shuts behind who signs out", async () => {
    const { url } = cleanUp().use(await deskServer());
    const robin = await page(url, "robin");
    const headers = { Cookie: robin.cookie, Origin: url, "Content-Type": "application/json" };
    await fetch(`${url}/desk/api/sign-out`, { method: "POST", headers });
    await robin.until(() => robin.closed === 4401, "the close");
    expect(await statusOf(url, { Cookie: robin.cookie }, url)).toBe(401);
  });

  it("lets nothing through of who has signed out, while their socket closes", async () => {
    const { url } = cleanUp().use(await deskServer());
    const robin = await page(url, "robin");
    const { user, handoff } = await talk(url, robin);
    await robin.do({ type: "say", handoff, text: "Before" });
    const headers = { Cookie: robin.cookie, Origin: url, "Content-Type": "application/json" };
    await fetch(`${url}/desk/api/sign-out`, { method: "POST", headers });
    robin.say({ type: "say", key: "too-late", handoff, text: "After" });
    await robin.until(() => robin.closed === 4401, "the close");
    user.say("Hello?");
    await user.until(() => user.of(EVENT.USER_MESSAGE).at(-1)?.payload.text === "Hello?", "the echo");
    expect(heard(user)).toEqual(["Before"]);
  });

  it.each([
    ["no JSON", "{", null],
    ["no command", JSON.stringify({ type: "dance", key: "k" }), "invalid"],
    [
      "a command of a wrong form",
      JSON.stringify({ type: "say", key: "k", handoff: "h", text: " " }),
      "invalid",
    ],
    ["a conversation that is not there", JSON.stringify({ type: "take", key: "k", handoff: "h" }), "gone"],
    [
      "a session that is not there",
      JSON.stringify({ type: "watch", key: "k", session: "s", after: 0 }),
      "gone",
    ],
  ])("survives %s", async (_, frame, code) => {
    const { url } = cleanUp().use(await deskServer());
    const robin = await page(url, "robin");
    robin.say(JSON.parse(JSON.stringify({ type: "ping" })));
    await robin.until(() => robin.frames.some(({ type }) => type === "pong"), "the pong");
    robin.sendText(frame);
    robin.sendText(JSON.stringify({ type: "ping" }));
    await robin.until(() => robin.frames.filter(({ type }) => type === "pong").length === 2, "the next pong");
    if (code !== null) {
      await robin.until(
        () => robin.frames.some((one) => one.type === "refused" && one.key === "k" && one.code === code),
        "the refusal",
      );
    }
  });
});

describe("the server killed in the middle", () => {
  it("loses no conversation, no owner, no place in the line and no word", async () => {
    const data = cleanUp().use(await temporaryDirectory());
    const start = async () => {
      const program = await Program.start({ PARLEY_DATA: data.path });
      cleanUp().defer(async () => {
        await program.end("SIGKILL");
      });
      return program;
    };
    const program = await start();
    const robin = await page(program.url, "robin");
    const { user, handoff, session } = await talk(program.url, robin);
    await robin.do({ type: "say", handoff, text: "Before" });
    await robin.do({ type: "note", handoff, text: "A note" });
    await robin.do({ type: "status", status: "away" });
    const waiting = await userWhoAsks(cleanUp(), program.url);
    await robin.conversation(waiting.sessionId, ({ state }) => state === "waiting", "who waits");
    user.say("As it dies");
    await program.end("SIGKILL");

    const next = await start();
    await Promise.all([
      user.connect({ url: next.url }),
      waiting.connect({ url: next.url }),
      robin.connect(next.url),
    ]);
    const mine = await robin.conversation(session, ({ state }) => state === "joined", "what Robin has");
    expect(mine).toMatchObject({ handoff, person: robin.me?.id });
    await robin.conversation(waiting.sessionId, ({ state }) => state === "waiting", "who waits");
    expect(robin.people.get(robin.me?.id ?? "")?.status).toBe("away");
    await robin.do({ type: "say", handoff, text: "After" });
    await user.until(() => heard(user).includes("After"), "the person's words");
    expect(heard(user)).toEqual(["Before", "After"]);
    expect(robin.said(session)).toContain("note: A note");
    await robin.do({ type: "give_back", handoff });
    await user.until(() => user.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
  });
});
