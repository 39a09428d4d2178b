import { EVENT, TYPING_STATE } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { WebhookReceiver } from "../../packages/server/src/testing/webhook-receiver.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { configuredServer } from "../support/server.ts";
import { command, greetedUser, OPERATOR_KEY, ROBIN, userWhoAsks, webhookConfig } from "./support.ts";

const cleanUp = useCleanUp();

async function setup(more: object = {}, handoff: object = {}) {
  const receiver = cleanUp().use(await WebhookReceiver.start());
  const server = cleanUp().use(await configuredServer(webhookConfig(receiver, more, handoff)));
  return { receiver, url: server.url };
}

const asks = async (url: string, body?: object) => {
  const user = await userWhoAsks(url, body);
  cleanUp().defer(() => user.drop());
  return user;
};

describe("a contact centre that is told by webhooks", () => {
  it("gets the request with all that was said, talks, gives back, and is asked again", async () => {
    const { receiver, url } = await setup();
    const user = await asks(url, { streaming_enabled: true, locale: "en-GB", attributes: { name: "Ada" } });
    await receiver.until(() => receiver.told.length === 1, "the request");
    const [request] = receiver.told;
    const handoff = request?.data.handoff_id;
    expect(request).toMatchObject({
      type: "handoff.requested",
      data: {
        session_id: user.sessionId,
        connector: "demo",
        initiator: "agent",
        user: { attributes: { name: "Ada" }, verified_context: null, locale: "en-GB", platform: "web" },
        transcript_is_complete: true,
        transcript_url: `/api/v1/sessions/${user.sessionId}/events`,
        commands_url: `/api/v1/handoffs/${handoff}/commands`,
      },
    });
    expect(request?.data.transcript[0]).toMatchObject({ from: "agent", name: "Ada" });
    expect(request?.data.transcript.find(({ from }: { from: string }) => from === "user")).toMatchObject({
      text: "human",
    });
    expect(request?.id).toMatch(new RegExp(`^${handoff}_\\d+$`));
    await user.until(() => user.of(EVENT.HANDOFF_ACCEPTED).length === 1, "the acceptance");

    user.say("Anybody there?");
    await receiver.until(() => receiver.of("user.message").length === 1, "the user's words");
    expect(receiver.of("user.message")[0]?.data).toMatchObject({
      text: "Anybody there?",
      handoff_id: handoff,
    });

    expect(await command(url, handoff, { type: "join", agent: ROBIN })).toMatchObject({ status: 200 });
    user.send(EVENT.USER_TYPING, { state: TYPING_STATE.started });
    await receiver.until(() => receiver.of("user.typing").length === 1, "the user's typing");
    user.say("A table, please");
    await receiver.until(() => receiver.of("user.message").length === 2, "the user's words");
    const first = await command(url, handoff, { type: "message", text: "For how many?" }, "m1");
    const again = await command(url, handoff, { type: "message", text: "For how many?" }, "m1");
    expect([first.body, again.body]).toEqual([
      { sequence: expect.any(Number), repeated: false },
      { sequence: first.body.sequence, repeated: true },
    ]);
    await user.until(() => user.of(EVENT.LIVE_AGENT_MESSAGE).length === 1, "the person's words");

    await command(url, handoff, { type: "transfer", queue_name: "kitchen" });
    await receiver.until(() => receiver.of("handoff.transferred").length === 1, "the transfer");
    expect(receiver.of("handoff.transferred")[0]?.data).toMatchObject({ queue: "kitchen" });
    await command(url, handoff, { type: "join", agent: { id: "sam", name: "Sam" } });
    await command(url, handoff, { type: "return", reason: "Wants a table" });
    await receiver.until(() => receiver.of("handoff.ended").length === 1, "the end");
    expect(receiver.of("handoff.ended")[0]?.data).toMatchObject({ outcome: "returned", agent_is_back: true });
    expect(await command(url, handoff, { type: "message", text: "Too late" })).toMatchObject({
      status: 409,
      body: { code: "HANDOFF_OVER" },
    });

    user.say("human, once more");
    await receiver.until(() => receiver.of("handoff.requested").length === 2, "the second request");
    const second = receiver.of("handoff.requested")[1];
    expect(second?.data.handoff_id).not.toBe(handoff);
    expect(second?.data.transcript).toContainEqual(
      expect.objectContaining({ from: "person", name: "Robin", text: "For how many?" }),
    );
    user.send(EVENT.USER_END_SESSION);
    await receiver.until(() => receiver.of("handoff.ended").length === 2, "the end");
    expect(receiver.of("handoff.ended")[1]?.data).toMatchObject({
      outcome: "user_ended",
      agent_is_back: false,
    });
    expect(receiver.forged).toEqual([]);
  });

  it("is told whether the user is there", async () => {
    const { receiver, url } = await setup();
    const user = await asks(url);
    await receiver.until(() => receiver.told.length === 1, "the request");
    user.drop();
    await receiver.until(() => receiver.of("user.presence").length === 1, "the absence");
    await user.connect();
    await receiver.until(() => receiver.of("user.presence").length === 2, "the return");
    expect(receiver.of("user.presence").map(({ data }) => data.presence)).toEqual(["reconnecting", "there"]);
  });

  it("gets each delivery until it has taken it, in order, under one id", async () => {
    const { receiver, url } = await setup({ timeoutSeconds: 0.2 });
    const faults = ["silence", "cut", 500, 302, { status: 503, headers: { "Retry-After": "1" } }] as const;
    let count = 0;
    receiver.reply = ({ type }, nth) => {
      if (type === "user.typing" || type === "user.presence" || nth > 1) return 200;
      count += 1;
      return faults[count % faults.length] ?? 500;
    };
    const user = await asks(url);
    for (let i = 1; i <= 5; i += 1) user.say(`message ${i}`);
    await receiver.until(() => receiver.of("user.message").length === 5, "the messages");
    expect(receiver.told.map(({ data }) => data.text ?? "request")).toEqual([
      "request",
      ...[1, 2, 3, 4, 5].map((i) => `message ${i}`),
    ]);
    // One attempt failed and one did not, with nothing in between.
    const lasting = receiver.attempts.filter(({ type }) => !/typing|presence/.test(type));
    const ids = lasting.map(({ id }) => id);
    expect(ids).toEqual(receiver.told.flatMap(({ id }) => [id, id]));
    for (const { id, body } of receiver.told) {
      expect(new Set(lasting.filter((one) => one.id === id).map((one) => one.body))).toEqual(new Set([body]));
    }
  });

  it("that comes late has missed nothing", async () => {
    const { receiver, url } = await setup();
    await receiver.close();
    const user = await asks(url);
    user.say("Hello?");
    await user.until(() => user.of(EVENT.USER_MESSAGE).length === 2, "the echo");
    await receiver.open();
    await receiver.until(() => receiver.told.length === 2, "what was owed");
    expect(receiver.told.map(({ type }) => type)).toEqual(["handoff.requested", "user.message"]);
    expect(receiver.told.map(({ data }) => data.text)).toEqual([undefined, "Hello?"]);
  });

  it("that cannot be reached at all gives the user the agent back, with a reason, and hears of it later", async () => {
    const { receiver, url } = await setup({ giveUpSeconds: 1 });
    receiver.reply = () => 500;
    const user = await asks(url);
    await user.until(() => user.of(EVENT.HANDOFF_FAILED).length === 1, "the failure");
    expect(user.of(EVENT.HANDOFF_FAILED)[0]?.payload.reason).toBe(
      "The people who could help cannot be reached right now.",
    );
    await user.until(() => user.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
    expect(receiver.told).toEqual([]);
  });

  it("that goes in the middle of a talk gives the user the agent back", async () => {
    const { receiver, url } = await setup({ giveUpSeconds: 1 });
    const user = await asks(url);
    await receiver.until(() => receiver.told.length === 1, "the request");
    const handoff = receiver.told[0]?.data.handoff_id;
    await command(url, handoff, { type: "join", agent: ROBIN });
    receiver.reply = () => 410;
    user.say("Are you there?");
    await user.until(() => user.of(EVENT.HANDOFF_FAILED).length === 1, "the failure");
    await user.until(() => user.messages.at(-1)?.isComplete === true, "the agent's answer");
  });

  it("may refuse, with words for the user", async () => {
    const { receiver, url } = await setup();
    const user = await asks(url);
    await receiver.until(() => receiver.told.length === 1, "the request");
    await command(url, receiver.told[0]?.data.handoff_id, { type: "fail", reason: "All lines are busy." });
    await user.until(() => user.of(EVENT.HANDOFF_FAILED).length === 1, "the failure");
    expect(user.of(EVENT.HANDOFF_FAILED)[0]?.payload.reason).toBe("All lines are busy.");
    await receiver.until(() => receiver.of("handoff.ended").length === 1, "the end");
  });

  it("is signed for by the old secret and the new one while both are there", async () => {
    const fresh = `whsec_${Buffer.alloc(48, 9).toString("base64")}`;
    const old = cleanUp().use(await WebhookReceiver.start());
    const config = webhookConfig(old);
    config.handoff.webhook.secrets.unshift(fresh);
    const { url } = cleanUp().use(await configuredServer(config));
    await asks(url);
    await old.until(() => old.told.length === 1, "the request");
    expect(String(old.told[0]?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    await old.close();
  });

  it("that asks another secret gets nothing it believes", async () => {
    const receiver = cleanUp().use(
      await WebhookReceiver.start(`whsec_${Buffer.alloc(32, 1).toString("base64")}`),
    );
    const { url } = cleanUp().use(await configuredServer(webhookConfig(receiver, { giveUpSeconds: 1 })));
    const user = await asks(url);
    await user.until(() => user.of(EVENT.HANDOFF_FAILED).length === 1, "the failure");
    expect(receiver.attempts).toEqual([]);
    expect(receiver.forged.length).toBeGreaterThan(0);
  });

  it("keeps the order of each conversation, and none waits for another", async () => {
    const { receiver, url } = await setup();
    const users = await Promise.all([greetedUser(url), greetedUser(url), greetedUser(url)]);
    for (const user of users) cleanUp().defer(() => user.drop());
    const [slow] = users;
    const released = Promise.withResolvers<number>();
    receiver.reply = ({ data }) => (data.session_id === slow?.sessionId ? released.promise : 200);
    await Promise.all(
      users.map(async (user) => {
        user.say("human");
        await user.until(() => user.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length === 1, "the handoff");
        for (let i = 1; i <= 3; i += 1) user.say(`message ${i}`);
      }),
    );
    const heard = (session: string | undefined) =>
      receiver.told
        .filter(({ data }) => data.session_id === session)
        .map(({ data }) => data.text ?? "request");
    await receiver.until(
      () => users.slice(1).every(({ sessionId }) => heard(sessionId).length === 4),
      "the others' messages",
    );
    expect(heard(slow?.sessionId)).toEqual([]);
    released.resolve(200);
    await receiver.until(() => heard(slow?.sessionId).length === 4, "the slow one's messages");
    for (const { sessionId } of users) {
      expect(heard(sessionId)).toEqual(["request", "message 1", "message 2", "message 3"]);
    }
  });

  it("finds the record of each handoff", async () => {
    const { receiver, url } = await setup();
    await asks(url);
    await receiver.until(() => receiver.told.length === 1, "the request");
    const handoff = receiver.told[0]?.data.handoff_id;
    const answer = await fetch(`${url}/api/v1/handoffs/${handoff}`, {
      headers: { Authorization: `Bearer ${OPERATOR_KEY}` },
    });
    expect(await answer.json()).toMatchObject({ handoff_id: handoff, provider: "webhook" });
  });
});
