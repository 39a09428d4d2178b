import { EVENT, TYPING_STATE } from "@parley/protocol";
import { webhookBodies } from "@parley/protocol/schemas";
import { expect, it } from "vitest";
import { WebhookReceiver } from "../../packages/server/src/testing/webhook-receiver.ts";
import { command, ROBIN, userWhoAsks, webhookConfig } from "../handoff/support.ts";
import { jwt } from "../hostile/tokens.ts";
import type { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { configuredServer } from "../support/server.ts";
import { description, Judge, pointer } from "./validators.ts";

const cleanUp = useCleanUp();

const SECRET = "s".repeat(32);

/** A token of the connector's backend [protocol section 8]. */
function contextToken(user: Chat, context: object): string {
  const sub = user.of(EVENT.SESSION_START)[0]?.payload.context_id;
  const now = Math.floor(Date.now() / 1_000);
  return jwt({ alg: "HS256", kid: "k" }, { sub, iat: now, exp: now + 20, ctx: context }, SECRET);
}

it("what a receiver of webhooks is told is what OpenAPI says", async () => {
  const receiver = cleanUp().use(await WebhookReceiver.start());
  const { url } = cleanUp().use(
    await configuredServer({
      ...webhookConfig(receiver),
      connectors: [
        { id: "demo", token: "demo", hosts: ["localhost"], contextKeys: [{ kid: "k", secret: SECRET }] },
      ],
    }),
  );
  const user = await userWhoAsks(url, { attributes: { plan: "pro", seats: 3, trial: false } });
  cleanUp().defer(() => user.drop());
  const told = (type: string, count = 1) =>
    receiver.until(() => receiver.of(type).length === count, `${type}, ${count} of them`);
  await told("handoff.requested");
  const handoff = receiver.told[0]?.data.handoff_id;
  await command(url, handoff, { type: "join", agent: ROBIN });
  user.send(EVENT.USER_TYPING, { state: TYPING_STATE.started });
  await told("user.typing");
  user.say("A table, please");
  const body = JSON.stringify({ token: contextToken(user, { customer: "c-7", vip: true, since: 2019 }) });
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${user.accessToken}` };
  const answer = await fetch(`${url}/api/v1/sessions/${user.sessionId}/context`, {
    method: "POST",
    headers,
    body,
  });
  expect(answer.ok, await answer.text()).toBe(true);
  await told("user.context");
  expect(receiver.of("user.context")[0]?.data).toMatchObject({
    handoff_id: handoff,
    session_id: user.sessionId,
    verified_context: { customer: "c-7", vip: true, since: 2019 },
  });
  user.drop();
  await told("user.presence");
  await command(url, handoff, { type: "transfer", queue_name: "kitchen", display_message: "A moment" });
  await command(url, handoff, { type: "join", agent: ROBIN });
  await command(url, handoff, { type: "return", reason: "Wants a table" });
  await told("handoff.ended");

  const judge = new Judge("openapi-handoffs.json");
  const { webhooks } = description("openapi-handoffs.json") as { webhooks: object };
  expect(new Set(receiver.attempts.map(({ type }) => type))).toEqual(new Set(Object.keys(webhooks)));
  for (const { type, body } of receiver.attempts) {
    const schema = pointer("webhooks", type, "post", "requestBody", "content", "application/json", "schema");
    expect(judge.problem(JSON.parse(body), schema), body).toBeNull();
    const described = webhookBodies[type as keyof typeof webhookBodies];
    expect(described.parse(JSON.parse(body)), "nothing beside what is described").toEqual(JSON.parse(body));
  }
});
