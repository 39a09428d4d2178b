import { describe, expect, it } from "vitest";
import type { NewSession } from "../../journal/journal.ts";
import { event, newSession } from "../../testing/journal-rows.ts";
import { faultOf, OPERATOR_KEY, POWERLESS_KEY, setup } from "./fixture.ts";

const PATH = "/api/v1/sessions";
const operator = { Authorization: `Bearer ${OPERATOR_KEY}` };

interface Page {
  sessions: { session_id: string }[];
  next_cursor: string | null;
}

const withSessions = async (...changes: Partial<NewSession>[]) => {
  const context = setup();
  const ids: string[] = [];
  for (const change of changes) {
    const session = newSession(change);
    await context.journal.create(session, [], 0);
    ids.push(session.id);
  }
  const list = async (query = ""): Promise<Page> => {
    const response = await context.send("GET", `${PATH}${query}`, operator);
    expect(response.status).toBe(200);
    return (await response.json()) as Page;
  };
  const found = async (query: string) => (await list(query)).sessions.map(({ session_id }) => session_id);
  return { ...context, ids, list, found };
};

describe("GET /api/v1/sessions", () => {
  it("shows what is known of a session, and nothing that lets anybody in", async () => {
    const { list, ids } = await withSessions({
      sub: "user-1",
      connector: "acme",
      host: "acme.com",
      createdAt: Date.UTC(2026, 0, 31, 12),
      streaming: true,
      platform: "ios",
      deviceType: "mobile",
      locale: "fr-CA",
      attributes: { plan: "pro" },
      contextId: "context-1",
    });
    expect(await list()).toEqual({
      sessions: [
        {
          session_id: ids[0],
          connector: "acme",
          user_id: "user-1",
          host: "acme.com",
          status: "open",
          created_at: "2026-01-31T12:00:00.000Z",
          ended_at: null,
          streaming_enabled: true,
          platform: "ios",
          device_type: "mobile",
          locale: "fr-CA",
          attributes: { plan: "pro" },
          context_id: "context-1",
        },
      ],
      next_cursor: null,
    });
  });

  it("goes page by page from the newest to the oldest, past one that is created meanwhile", async () => {
    const { list, ids, journal } = await withSessions({}, {}, {}, {}, {});
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Page = await list(`?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      seen.push(...page.sessions.map(({ session_id }) => session_id));
      cursor = page.next_cursor;
      pages += 1;
      await journal.create(newSession(), [], 0);
    } while (cursor !== null);
    expect(seen).toEqual(ids.toReversed());
    expect(pages).toBe(3);
  });

  it("has 50 on a page by default, and no next page after exactly so many", async () => {
    const { list, journal } = await withSessions(...Array.from({ length: 50 }, () => ({})));
    expect((await list()).next_cursor).toBeNull();
    await journal.create(newSession(), [], 0);
    const page = await list();
    expect(page.sessions).toHaveLength(50);
    expect((await list(`?cursor=${page.next_cursor}`)).sessions).toHaveLength(1);
  });

  it("selects by connector, by status and by time", async () => {
    const noon = Date.UTC(2026, 0, 31, 12);
    const { found, ids, journal } = await withSessions(
      { connector: "acme", createdAt: noon - 1 },
      { connector: "acme", createdAt: noon },
      { connector: "other", createdAt: noon + 1 },
    );
    const [before, at, after] = ids;
    await journal.append({ session: 2, after: 0, rows: [event(1, 1)], endedAt: noon + 5 });
    expect(await found("?connector=acme")).toEqual([at, before]);
    expect(await found("?connector=nobody")).toEqual([]);
    expect(await found("?status=open")).toEqual([after, before]);
    expect(await found("?status=ended")).toEqual([at]);
    expect(await found("?created_from=2026-01-31T12:00:00Z")).toEqual([after, at]);
    expect(await found("?created_before=2026-01-31T12:00:00Z")).toEqual([before]);
    expect(await found("?created_from=2026-01-31T13:00:00%2B01:00&connector=acme")).toEqual([at]);
  });

  it.each([
    ["limit=0", "limit: must be a whole number from 1 to 200"],
    ["limit=201", "limit: must be a whole number from 1 to 200"],
    ["limit=1.5", "limit: must be a whole number from 1 to 200"],
    ["limit=", "limit: must be a whole number from 1 to 200"],
    ["limit=99999999999999999999", "limit: must be a whole number from 1 to 200"],
    ["status=closed", "status: must be open or ended"],
    ["connector=", "connector: must not be empty"],
    ["created_from=yesterday", "created_from: must be a time as in RFC 3339"],
    ["created_from=2026-02-30T12:00:00Z", "created_from: must be a time as in RFC 3339"],
    ["created_before=2026-01-31", "created_before: must be a time as in RFC 3339"],
    ["created_before=2026-01-31T12:00:00+01:00", "created_before: must be a time as in RFC 3339"],
    ["cursor=", "cursor: must be the next_cursor of the page before"],
    ["cursor=12", "cursor: must be the next_cursor of the page before"],
    [
      `cursor=${Buffer.from("events:1").toString("base64url")}`,
      "cursor: must be the next_cursor of the page before",
    ],
    ["limit=1&limit=2", "limit: given more than once"],
    ["conector=acme", "conector: not known here"],
  ])("refuses %s and names it", async (query, message) => {
    const { send } = setup();
    const fault = await faultOf(await send("GET", `${PATH}?${query}`, operator));
    expect(fault).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
    expect(fault.message).toContain(`Invalid parameter ${message}`);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ["no key", {}, 401, "Missing operator key"],
    ["an unknown key", { Authorization: "Bearer nobody" }, 401, "Unknown operator key"],
    ["a key without the scope", { Authorization: `Bearer ${POWERLESS_KEY}` }, 403, "lacks the scope"],
  ])("is not for %s", async (_, headers, status, message) => {
    const { send } = setup();
    for (const path of [PATH, `${PATH}/some-id/events`]) {
      const response = await send("GET", path, headers);
      expect(response.headers.get("WWW-Authenticate")).toBe(status === 401 ? "Bearer" : null);
      const fault = await faultOf(response);
      expect(fault.status).toBe(status);
      expect(fault.message).toContain(message);
    }
  });

  it("is not for a user's access token", async () => {
    const { send, bearer } = setup();
    expect((await send("GET", PATH, await bearer())).status).toBe(401);
  });
});
