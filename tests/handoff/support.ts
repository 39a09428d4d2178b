import { type AddressInfo, createServer } from "node:net";
import { EVENT } from "@parley/protocol";
import { WEBHOOK_SECRET, type WebhookReceiver } from "../../packages/server/src/testing/webhook-receiver.ts";
import { Chat } from "../support/chat.ts";

export const OPERATOR_KEY = "a-key-of-the-contact-centre-0123456789";

/** A configuration whose handoffs are told to a receiver. */
export const webhookConfig = (
  receiver: Pick<WebhookReceiver, "url">,
  more: object = {},
  handoff: object = {},
) => ({
  connectors: [{ id: "demo", token: "demo", hosts: ["localhost"] }],
  operators: [
    {
      id: "centre",
      key: OPERATOR_KEY,
      scopes: ["handoffs:read", "handoffs:answer", "handoffs:write", "sessions:read"],
    },
  ],
  handoff: {
    provider: "webhook",
    webhook: { url: receiver.url, secrets: [WEBHOOK_SECRET], ...more },
    ...handoff,
  },
});

/** What a contact centre does. @returns the status and the body of the answer */
export async function command(
  url: string,
  handoff: string,
  body: object,
  key?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${url}/api/v1/handoffs/${handoff}/commands`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${OPERATOR_KEY}`,
      "Content-Type": "application/json",
      ...(key !== undefined && { "Idempotency-Key": key }),
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** A user who has been greeted. */
export async function greetedUser(url: string, body: object = { streaming_enabled: true }): Promise<Chat> {
  const user = await Chat.create(url, body);
  await user.connect();
  await user.join();
  return user;
}

/** A user who asks for a person. */
export async function userWhoAsks(url: string, body?: object): Promise<Chat> {
  const user = await greetedUser(url, body);
  user.say("human");
  await user.until(() => user.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length === 1, "the handoff");
  return user;
}

export const ROBIN = { id: "robin", name: "Robin", avatar_url: "" };

/** A port that is free right now: programs that are started again need the one they had. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
