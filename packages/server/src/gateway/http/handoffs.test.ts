import { describe, expect, it } from "vitest";
import type { HandoffRecord } from "../../conversation/handoff.ts";
import { encodeHandoff } from "../../handoff/records.ts";
import { fact, newSession } from "../../testing/journal-rows.ts";
import { DESK_KEY, faultOf, OPERATOR_KEY, SUPERVISOR_KEY, setup } from "./fixture.ts";
import { WISH_ERRORS } from "./hand-over.ts";
import { COMMAND_ERRORS } from "./handoff-command.ts";

const supervisor = { Authorization: `Bearer ${SUPERVISOR_KEY}` };
const desk = { Authorization: `Bearer ${DESK_KEY}` };
const NOON = Date.UTC(2026, 0, 31, 12);

const record = (more: Partial<HandoffRecord> = {}): HandoffRecord => ({
  id: "h1",
  provider: "api",
  queue: "support",
  stage: "requested",
  initiator: "agent",
  reason: "asked for it",
  summary: "A refund.",
  context: { order: 7 },
  person: null,
  transfers: 0,
  deadline: NOON + 60_000,
  status: null,
  requestedAt: NOON,
  acceptedAt: null,
  queuedAt: null,
  joinedAt: null,
  endedAt: null,
  outcome: null,
  outcomeReason: null,
  ...more,
});

async function withHandoffs(...records: HandoffRecord[]) {
  const context = setup();
  const session = newSession({ connector: "acme" });
  const key = await context.journal.create(session, [fact(1)], 0);
  for (const [index, one] of records.entries()) {
    await context.journal.append({
      session: key,
      after: index + 1,
      rows: [fact(index + 2)],
      handoffs: [encodeHandoff(one)],
    });
  }
  const list = async (query = "") => {
    const response = await context.send("GET", `/api/v1/handoffs${query}`, supervisor);
    expect(response.status).toBe(200);
    return (await response.json()) as {
      handoffs: { handoff_id: string; session_id: string }[];
      next_cursor: string | null;
    };
  };
  const found = async (query: string) => (await list(query)).handoffs.map(({ handoff_id }) => handoff_id);
  return { ...context, session, list, found };
}

describe("GET /api/v1/handoffs", () => {
  it("shows what is known of a handoff", async () => {
    const { list, session, send } = await withHandoffs(
      record({
        stage: "joined",
        person: { id: "p1", name: "Grace", avatarUrl: "" },
        acceptedAt: NOON + 1_000,
        joinedAt: NOON + 2_000,
        deadline: null,
        transfers: 1,
      }),
    );
    const view = {
      handoff_id: "h1",
      session_id: session.id,
      connector: "acme",
      provider: "api",
      queue: "support",
      state: "joined",
      initiator: "agent",
      reason: "asked for it",
      summary: "A refund.",
      context: { order: 7 },
      agent: { id: "p1", name: "Grace", avatar_url: "" },
      transfers: 1,
      position_in_queue: null,
      estimated_wait_seconds: null,
      requested_at: "2026-01-31T12:00:00.000Z",
      accepted_at: "2026-01-31T12:00:01.000Z",
      queued_at: null,
      joined_at: "2026-01-31T12:00:02.000Z",
      times_out_at: null,
      ended_at: null,
      outcome: null,
      outcome_reason: null,
    };
    expect(await list()).toEqual({ handoffs: [view], next_cursor: null });
    expect(await (await send("GET", "/api/v1/handoffs/h1", supervisor)).json()).toEqual(view);
    expect(await faultOf(await send("GET", "/api/v1/handoffs/h2", supervisor))).toMatchObject({
      status: 404,
    });
  });

  it("selects, newest first, page by page", async () => {
    const { found, list, session } = await withHandoffs(
      record({ id: "a", stage: "queued", requestedAt: NOON }),
      record({ id: "b", stage: "joined", queue: "sales", requestedAt: NOON + 1_000 }),
      record({ id: "c", stage: "failed", provider: "none", requestedAt: NOON + 2_000 }),
      record({ id: "d", stage: "ended", requestedAt: NOON + 3_000 }),
    );
    expect(await found("")).toEqual(["d", "c", "b", "a"]);
    expect(await found("?state=open")).toEqual(["b", "a"]);
    expect(await found("?state=waiting")).toEqual(["a"]);
    expect(await found("?state=over")).toEqual(["d", "c"]);
    expect(await found("?state=failed")).toEqual(["c"]);
    expect(await found("?queue=sales")).toEqual(["b"]);
    expect(await found("?provider=none")).toEqual(["c"]);
    expect(await found("?connector=acme&state=joined")).toEqual(["b"]);
    expect(await found("?connector=other")).toEqual([]);
    expect(await found(`?session_id=${session.id}&state=ended`)).toEqual(["d"]);
    expect(await found("?session_id=unknown")).toEqual([]);
    expect(await found("?since=2026-01-31T12:00:01Z&before=2026-01-31T12:00:03Z")).toEqual(["c", "b"]);
    const first = await list("?limit=3");
    expect(first.handoffs.map(({ handoff_id }) => handoff_id)).toEqual(["d", "c", "b"]);
    expect(await found(`?limit=3&cursor=${first.next_cursor}`)).toEqual(["a"]);
  });

  it.each([
    ["?state=lost", /^Invalid parameter state: must be one of open, waiting, over, requested/],
    ["?since=yesterday", /^Invalid parameter since: must be a time/],
    ["?limit=0", /^Invalid parameter limit/],
    ["?cursor=abc", /^Invalid parameter cursor: must be the next_cursor/],
    ["?status=open", /^Invalid parameter status: not known here/],
  ])("refuses %s", async (query, message) => {
    const { send } = setup();
    const fault = await faultOf(await send("GET", `/api/v1/handoffs${query}`, supervisor));
    expect(fault.status).toBe(400);
    expect(fault.message).toMatch(message);
  });

  it("is for keys of its scope", async () => {
    const { send } = setup();
    const reader = { Authorization: `Bearer ${OPERATOR_KEY}` };
    expect((await send("GET", "/api/v1/handoffs", reader)).status).toBe(403);
    expect((await send("GET", "/api/v1/handoffs/h1", {})).status).toBe(401);
    expect((await send("POST", "/api/v1/handoffs/h1/commands", supervisor, { type: "accept" })).status).toBe(
      403,
    );
    expect((await send("POST", "/api/v1/sessions/s/handoff", desk, {})).status).toBe(403);
  });
});

describe("POST /api/v1/handoffs/{id}/commands", () => {
  const post = async (body: unknown, headers: Record<string, string> = {}, path = "h1") => {
    const context = await withHandoffs(record());
    const response = await context.send(
      "POST",
      `/api/v1/handoffs/${path}/commands`,
      { ...desk, ...headers },
      body,
    );
    return { ...context, response };
  };

  it.each([
    [
      { type: "accept", queue_name: "support" },
      { kind: "accept", queue: "support" },
    ],
    [
      {
        type: "queue",
        queue_name: "support",
        position_in_queue: 2,
        estimated_wait_seconds: 30,
        display_message: "Soon.",
      },
      {
        kind: "queue",
        status: { queue: "support", position: 2, estimatedWaitSeconds: 30, message: "Soon." },
      },
    ],
    [
      { type: "join", agent: { id: "p1", name: "Grace" } },
      { kind: "join", person: { id: "p1", name: "Grace", avatarUrl: "" } },
    ],
    [
      { type: "typing", state: "started", agent_id: "p1" },
      { kind: "typing", isTyping: true, person: "p1" },
    ],
    [
      { type: "typing", state: "stopped" },
      { kind: "typing", isTyping: false },
    ],
    [
      { type: "message", text: "Hello." },
      { kind: "message", text: "Hello." },
    ],
    [
      {
        type: "message",
        text: "Look.",
        agent_id: "p1",
        attachments: [
          {
            title: "Map",
            content_url: "https://example.com/map",
            content_type: "ATTACHMENT_CONTENT_TYPE_URL",
          },
        ],
        response_suggestions: [{ message_text: "Thanks" }],
      },
      {
        kind: "message",
        text: "Look.",
        person: "p1",
        attachments: [
          {
            title: "Map",
            content_url: "https://example.com/map",
            content_type: "ATTACHMENT_CONTENT_TYPE_URL",
            preview_image_url: "",
            call_to_action_text: "",
          },
        ],
        suggestions: [{ message_text: "Thanks" }],
      },
    ],
    [
      { type: "note", text: "A regular.", author: "p1" },
      { kind: "note", text: "A regular.", author: "p1" },
    ],
    [
      { type: "transfer", queue_name: "billing", display_message: "To billing.", seen: 12 },
      { kind: "transfer", queue: "billing", message: "To billing.", seen: 12 },
    ],
    [
      { type: "return", reason: "Refunded." },
      { kind: "return", reason: "Refunded." },
    ],
    [{ type: "end" }, { kind: "end" }],
    [
      { type: "fail", reason: "All are away." },
      { kind: "fail", reason: "All are away." },
    ],
    [{ type: "time_out" }, { kind: "time_out" }],
  ])("hands on %j", async (body, command) => {
    const { response, sessions, session } = await post(body, { "Idempotency-Key": "delivery-1" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sequence: 7, repeated: false });
    expect(sessions.commands).toEqual([[{ id: "h1", session: session.id }, command, "delivery-1"]]);
  });

  it.each([
    ["no JSON", "{", "Error parsing request"],
    [
      "nothing",
      "",
      "Invalid body: type: must be one of accept, queue, join, typing, message, note, transfer, return, end, fail, time_out",
    ],
    [
      "an unknown type",
      { type: "shout" },
      "Invalid body: type: must be one of accept, queue, join, typing, message, note, transfer, return, end, fail, time_out",
    ],
    ["an unknown key", { type: "end", why: "x" }, "Invalid body: why: not known here"],
    ["no text", { type: "message" }, "Invalid body: text: must be a text"],
    ["an empty text", { type: "message", text: " " }, "Invalid body: text: must not be empty"],
    [
      "a text too long",
      { type: "message", text: "é".repeat(32_769) },
      "Invalid body: text: must not exceed 65536 bytes",
    ],
    [
      "a person without a name",
      { type: "join", agent: { id: "p1" } },
      "Invalid body: agent.name: must be a text",
    ],
    [
      "a picture that is no URL",
      { type: "join", agent: { id: "p1", name: "Grace", avatar_url: "grace.png" } },
      "Invalid body: agent.avatar_url: must be an absolute URL, percent-encoded (RFC 3986)",
    ],
    [
      "a place before the first",
      { type: "queue", position_in_queue: -1 },
      /position_in_queue: must not be negative/,
    ],
    ["half a place", { type: "queue", position_in_queue: 1.5 }, /position_in_queue: must be a whole number/],
    [
      "a queue that is not there",
      { type: "transfer", queue_name: "nowhere" },
      /queue_name: is none of the queues/,
    ],
  ])("refuses %s", async (_, body, message) => {
    const { response, sessions } = await post(body);
    const fault = await faultOf(response);
    expect(fault).toMatchObject({ status: 400 });
    if (typeof message === "string") expect(fault.message).toBe(message);
    else expect(fault.message).toMatch(message);
    expect(sessions.commands).toEqual([]);
  });

  it("refuses a key that is none, and a handoff that is none", async () => {
    expect((await post({ type: "accept" }, { "Idempotency-Key": "x".repeat(129) })).response.status).toBe(
      400,
    );
    expect(await faultOf((await post({ type: "accept" }, {}, "h2")).response)).toMatchObject({
      status: 404,
      code: "HANDOFF_NOT_FOUND",
    });
  });

  it.each(Object.keys(COMMAND_ERRORS) as (keyof typeof COMMAND_ERRORS)[])(
    "says why not: %s",
    async (refusal) => {
      const { send, sessions } = await withHandoffs(record());
      sessions.commandAnswer = { refusal };
      const fault = await faultOf(
        await send("POST", "/api/v1/handoffs/h1/commands", desk, { type: "accept" }),
      );
      expect(fault).toEqual(COMMAND_ERRORS[refusal]);
    },
  );

  it("is a passing fault where the journal fails", async () => {
    const { send, sessions } = await withHandoffs(record());
    sessions.before = () => Promise.reject(new Error("the disk is full"));
    const fault = await faultOf(await send("POST", "/api/v1/handoffs/h1/commands", desk, { type: "accept" }));
    expect(fault.status).toBe(503);
  });
});

describe("POST /api/v1/sessions/{id}/handoff", () => {
  const path = "/api/v1/sessions/some-id/handoff";

  it("hands on what an operator wishes", async () => {
    const { send, sessions } = setup();
    const wish = { queue: "support", reason: "angry", summary: "A refund.", context: { order: 7 } };
    const response = await send("POST", path, { ...supervisor, "Idempotency-Key": "k" }, wish);
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ handoff_id: "handoff-1" });
    await send("POST", path, supervisor);
    expect(sessions.wishes).toEqual([
      ["some-id", { key: "k", ...wish }],
      ["some-id", { key: null }],
    ]);
  });

  it.each([
    ["an unknown key", { why: "x" }, "Invalid body: why: not known here"],
    ["a list", [], "Invalid body: must be an object"],
    ["a context that is none", { context: "x" }, "Invalid body: context: must be an object"],
    [
      "a context too large",
      { context: { x: "x".repeat(16_384) } },
      "Invalid body: context: must not exceed 16384 bytes",
    ],
    ["a blank reason", { reason: " " }, "Invalid body: reason: must not be empty"],
    [
      "a queue that is not there",
      { queue: "nowhere" },
      "Invalid body: queue: is none of the queues that are configured",
    ],
  ])("refuses %s", async (_, body, message) => {
    const { send, sessions } = setup();
    expect(await faultOf(await send("POST", path, supervisor, body))).toMatchObject({ status: 400, message });
    expect(sessions.wishes).toEqual([]);
  });

  it.each(Object.keys(WISH_ERRORS) as (keyof typeof WISH_ERRORS)[])("says why not: %s", async (refusal) => {
    const { send, sessions } = setup();
    sessions.wishAnswer = { refusal };
    expect(await faultOf(await send("POST", path, supervisor, {}))).toEqual(WISH_ERRORS[refusal]);
  });
});
