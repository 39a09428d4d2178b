import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ConversationDriver, message } from "../../testing/conversation-driver.ts";
import { newSession } from "../../testing/journal-rows.ts";
import { faultOf, OPERATOR_KEY, setup } from "./fixture.ts";

const operator = { Authorization: `Bearer ${OPERATOR_KEY}` };

interface Page {
  turns: { turn: number; outcome: string }[];
  next_cursor: string | null;
}

async function kept(chat: ConversationDriver) {
  const context = setup();
  const session = newSession();
  await context.journal.create(session, chat.rows, 0);
  const path = `/api/v1/sessions/${session.id}/turns`;
  const read = async (query = ""): Promise<Page> => {
    const response = await context.send("GET", `${path}${query}`, operator);
    expect(response.status).toBe(200);
    return (await response.json()) as Page;
  };
  return { ...context, path, read };
}

describe("GET /api/v1/sessions/{id}/turns", () => {
  it("shows what happened in a turn", async () => {
    const chat = new ConversationDriver().joined();
    chat.say("weather?");
    chat.agent(
      {
        kind: "agent_note",
        note: { type: "tool_call", id: "1", name: "weather", arguments: { city: "Rome" } },
      },
      { kind: "agent_note", note: { type: "tool_result", id: "1", result: 31 } },
      { kind: "agent_note", note: { type: "usage", inputTokens: 10, outputTokens: 2 } },
      { kind: "agent_note", note: { type: "retried", reason: "429" } },
    );
    chat.now += 20;
    const [said] = chat.agent(message("31 degrees."));
    chat.now += 5;
    chat.agent({ kind: "agent_done" });
    chat.say("and now?");
    const { read } = await kept(chat);
    const page = await read();
    expect(page.turns.slice(1)).toEqual([
      {
        turn: 2,
        attempt: 1,
        reason: "messages",
        agent: "Ada",
        prompt_id: null,
        answers_through: 5,
        outcome: "answered",
        failure: null,
        cause: null,
        started_at: "2026-01-01T00:00:00.000Z",
        first_word_ms: 20,
        total_ms: 25,
        message_ids: [said?.type === EVENT.POLY_AGENT_MESSAGE_CHUNK ? said.payload.message_id : ""],
        input_tokens: 10,
        output_tokens: 2,
        tools: [
          {
            id: "1",
            name: "weather",
            arguments: { city: "Rome" },
            result: 31,
            failed: false,
            returned: true,
          },
        ],
        retries: ["429"],
      },
      expect.objectContaining({ turn: 3, outcome: "running", first_word_ms: null, total_ms: null }),
    ]);
    expect(page.next_cursor).toBeNull();
  });

  it("goes page by page from the first to the last, also between two attempts", async () => {
    const chat = new ConversationDriver().joined();
    for (let i = 0; i < 4; i += 1) {
      chat.say(`${i}`);
      chat.crash();
      chat.answer("Yes.");
    }
    const { read } = await kept(chat);
    const all = await read();
    expect(all.turns.map(({ outcome }) => outcome).slice(1, 3)).toEqual(["died", "answered"]);
    for (const limit of [1, 2, 3, 9]) {
      const seen: Page["turns"] = [];
      let cursor: string | null = null;
      do {
        const page: Page = await read(`?limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`);
        expect(page.turns.length).toBeLessThanOrEqual(limit);
        seen.push(...page.turns);
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(all.turns);
    }
  });

  it("has pages of a bounded size, whatever the tools have brought", async () => {
    const chat = new ConversationDriver().joined();
    for (let i = 0; i < 30; i += 1) {
      chat.say(`${i}`);
      chat.agent(
        { kind: "agent_note", note: { type: "tool_call", id: "1", name: "read", arguments: {} } },
        { kind: "agent_note", note: { type: "tool_result", id: "1", result: "x".repeat(60_000) } },
      );
      chat.answer("Yes.");
    }
    const { read } = await kept(chat);
    const page = await read();
    expect(page.turns.length).toBeGreaterThan(15);
    expect(page.turns.length).toBeLessThan(25);
    expect((await read(`?cursor=${page.next_cursor}`)).next_cursor).toBeNull();
  });

  it("is empty where nobody has joined, and an error where there is no session", async () => {
    const { read, send, path } = await kept(new ConversationDriver());
    expect(await read()).toEqual({ turns: [], next_cursor: null });
    expect(await faultOf(await send("GET", "/api/v1/sessions/none/turns", operator))).toMatchObject({
      status: 404,
    });
    for (const query of ["?limit=0", "?limit=201", "?cursor=x", "?page=2"]) {
      const fault = await faultOf(await send("GET", `${path}${query}`, operator));
      expect(fault).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
    }
    expect(await faultOf(await send("GET", path, {}))).toMatchObject({ status: 401 });
  });
});
