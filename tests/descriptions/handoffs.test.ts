import { EVENT } from "@parley/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { configuredServer } from "../support/server.ts";
import { Judge, schemaOfAnswer } from "./validators.ts";

const KEY = "a-key-of-those-who-take-over-here";
const judge = new Judge("openapi-handoffs.json");

let server: { url: string } & AsyncDisposable;
let chat: Chat;

beforeAll(async () => {
  server = await configuredServer({
    connectors: [{ id: "demo", token: "demo", hosts: ["localhost"] }],
    handoff: { provider: "api" },
    operators: [
      { id: "people", key: KEY, scopes: ["handoffs:read", "handoffs:write", "handoffs:answer"] },
      { id: "nobody", key: KEY.toUpperCase(), scopes: ["sessions:read"] },
    ],
  });
  chat = await Chat.create(server.url);
  await chat.connect();
  await chat.join();
});

afterAll(() => server[Symbol.asyncDispose]());

/** Asks, and holds the answer against what is described for its path, method and status. */
async function ask(
  [method, path, at]: [method: "get" | "post", described: string, path: string],
  status: number,
  body?: object,
  headers: Record<string, string> = { Authorization: `Bearer ${KEY}` },
): Promise<unknown> {
  const answer = await fetch(`${server.url}${at}`, {
    method: method.toUpperCase(),
    headers: { "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json: unknown = await answer.json();
  expect(answer.status, JSON.stringify(json)).toBe(status);
  const schema = schemaOfAnswer(path, method, status);
  expect(judge.problem(json, schema), JSON.stringify(json)).toBeNull();
  return json;
}

it("what the server answers about handoffs is what OpenAPI says", async () => {
  const wish = [
    "post",
    "/api/v1/sessions/{session_id}/handoff",
    `/api/v1/sessions/${chat.sessionId}/handoff`,
  ] as const;
  const list = ["get", "/api/v1/handoffs", `/api/v1/handoffs?session_id=${chat.sessionId}`] as const;
  await ask([...wish], 401, {}, {});
  await ask([...wish], 403, {}, { Authorization: `Bearer ${KEY.toUpperCase()}` });
  await ask([...wish], 400, { why: "x" });
  await ask([wish[0], wish[1], "/api/v1/sessions/unknown/handoff"], 404, {});
  const body = { reason: "angry", summary: "A refund.", context: { order: 7, items: ["a", { b: null }] } };
  expect(judge.problem(body, "#/components/schemas/HandOver")).toBeNull();
  const { handoff_id } = (await ask([...wish], 202, body)) as { handoff_id: string };
  await ask([...wish], 409, {});
  await chat.until(() => chat.of(EVENT.POLY_AGENT_LEFT).length === 1, "the handoff");

  await ask([...list], 200);
  await ask(["get", "/api/v1/handoffs", "/api/v1/handoffs?state=lost"], 400);
  const one = "/api/v1/handoffs/{handoff_id}";
  await ask(["get", one, `/api/v1/handoffs/${handoff_id}`], 200);
  await ask(["get", one, "/api/v1/handoffs/unknown"], 404);

  const command = ["post", `${one}/commands`, `/api/v1/handoffs/${handoff_id}/commands`] as const;
  const attachment = {
    title: "The house",
    content_url: "https://example.com/house",
    content_type: "ATTACHMENT_CONTENT_TYPE_URL",
  };
  for (const given of [
    { type: "accept", queue_name: "support" },
    { type: "queue", position_in_queue: 1 },
    { type: "join", agent: { id: "p1", name: "Grace" } },
    { type: "typing", state: "started" },
    { type: "message", text: "Hello.", attachments: [attachment] },
    { type: "note", text: "A regular.", author: "p1" },
    { type: "transfer", seen: 3 },
    { type: "join", agent: { id: "p2", name: "Alan", avatar_url: "https://example.com/alan.png" } },
    { type: "return", reason: "Done." },
  ]) {
    expect(judge.problem(given, "#/components/schemas/Command"), JSON.stringify(given)).toBeNull();
    await ask([...command], 200, given);
  }
  await ask([...command], 409, { type: "end" });
  await ask([...command], 400, { type: "shout" });
  await ask([command[0], command[1], "/api/v1/handoffs/unknown/commands"], 404, { type: "end" });
  for (const wrong of [{ type: "shout" }, { type: "join", agent: { id: "p1" } }, { type: "end", why: "x" }]) {
    expect(judge.problem(wrong, "#/components/schemas/Command")).not.toBeNull();
  }
  const ended = (await ask([...list], 200)) as { handoffs: { state: string }[] };
  expect(ended.handoffs).toMatchObject([{ state: "ended", outcome: "returned", transfers: 1 }]);
});
