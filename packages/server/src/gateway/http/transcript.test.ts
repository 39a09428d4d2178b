import { HTTP_ERRORS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import type { Page, StoredEvent } from "../../journal/journal.ts";
import { event, events, fact, newSession } from "../../testing/journal-rows.ts";
import { MemoryJournal } from "../../testing/memory-journal.ts";
import { faultOf, OPERATOR_KEY, setup } from "./fixture.ts";

const operator = { Authorization: `Bearer ${OPERATOR_KEY}` };
const JSON_LINES = "application/x-ndjson";

/** Counts reads, and fails one of them. */
class WatchedJournal extends MemoryJournal {
  reads = 0;
  failAt = Number.POSITIVE_INFINITY;

  override events(session: number, page: Page): Promise<StoredEvent[]> {
    this.reads += 1;
    if (this.reads === this.failAt) return Promise.reject(new Error("disk failed"));
    return super.events(session, page);
  }
}

const withTranscript = async (rows = events(1, 5)) => {
  const journal = new WatchedJournal();
  const context = setup({ journal });
  const { id } = newSession();
  await journal.create(newSession({ id }), rows, 0);
  const get = (query = "", headers: Record<string, string> = {}) =>
    context.send("GET", `/api/v1/sessions/${id}/events${query}`, { ...operator, ...headers });
  return { ...context, journal, id, get };
};

const sequences = (items: { sequence: number }[]) => items.map(({ sequence }) => sequence);

describe("GET /api/v1/sessions/{session_id}/events", () => {
  it("answers with the wire's own text, not printed again, and without internal facts", async () => {
    const wire = '{"sequence":2,  "text":"caf\\u00e9", "big":1.0}';
    const { get } = await withTranscript([event(1, 1), fact(2), event(3, 2, wire)]);
    const response = await get();
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe(`{"events":[{"sequence":1},${wire}],"next_cursor":null}`);
  });

  it("goes page by page, without a last page that is empty", async () => {
    const { get } = await withTranscript();
    const seen: number[][] = [];
    let cursor: string | null = null;
    do {
      const response = await get(`?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      const page = (await response.json()) as { events: { sequence: number }[]; next_cursor: string | null };
      seen.push(sequences(page.events));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([[1, 2], [3, 4], [5]]);
    const exact = (await (await get("?limit=5")).json()) as { next_cursor: string | null };
    expect(exact.next_cursor).toBeNull();
  });

  it("ends a page early where its events are large", async () => {
    const large = (sequence: number) => JSON.stringify({ sequence, text: "x".repeat(600_000) });
    const { get } = await withTranscript([event(1, 1, large(1)), event(2, 2, large(2))]);
    const first = (await (await get()).json()) as { events: { sequence: number }[]; next_cursor: string };
    expect(sequences(first.events)).toEqual([1]);
    const second = (await (await get(`?cursor=${first.next_cursor}`)).json()) as typeof first;
    expect([sequences(second.events), second.next_cursor]).toEqual([[2], null]);
  });

  it("knows nothing of a session that is not there", async () => {
    const { send } = setup();
    for (const query of ["", "?format=jsonl"]) {
      const response = await send("GET", `/api/v1/sessions/nobody/events${query}`, operator);
      expect(await faultOf(response)).toEqual(HTTP_ERRORS.sessionNotFound);
    }
  });

  it.each([
    ["?limit=1001", "limit: must be a whole number from 1 to 1000"],
    ["?cursor=12", "cursor: must be the next_cursor of the page before"],
    ["?format=xml", "format: must be json or jsonl"],
    ["?format=jsonl&limit=5", "limit: does not go with JSON lines"],
    ["?format=jsonl&cursor=x", "cursor: does not go with JSON lines"],
    ["?after=5", "after: not known here"],
  ])("refuses %s and names it", async (query, message) => {
    const { get } = await withTranscript();
    const fault = await faultOf(await get(query));
    expect(fault).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
    expect(fault.message).toContain(`Invalid parameter ${message}`);
  });
});

describe("JSON lines", () => {
  it.each<[string, Record<string, string>, string]>([
    ["?format=jsonl", {}, JSON_LINES],
    ["", { Accept: JSON_LINES }, JSON_LINES],
    ["", { Accept: `${JSON_LINES}, application/json;q=0.5` }, JSON_LINES],
    ["", { Accept: `application/json, ${JSON_LINES};q=0.5` }, "application/json"],
    ["", { Accept: "*/*" }, "application/json"],
    ["?format=json", { Accept: JSON_LINES }, "application/json"],
    ["?format=jsonl", { Accept: "application/json" }, JSON_LINES],
  ])("are asked for by %j and %j, or not", async (query, headers, type) => {
    const { get } = await withTranscript();
    const response = await get(query, headers);
    expect(response.headers.get("Content-Type")).toBe(type);
    expect(response.headers.get("Vary")).toContain("Accept");
  });

  it("are the whole transcript, an event on each line", async () => {
    const { get } = await withTranscript(events(1, 2_500));
    const text = await (await get("?format=jsonl")).text();
    expect(text.endsWith("\n")).toBe(true);
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(2_500);
    expect(sequences(lines.map((line) => JSON.parse(line)))).toEqual(
      sequences(lines.map((_, i) => ({ sequence: i + 1 }))),
    );
  });

  it("are nothing for a session without events", async () => {
    const { get } = await withTranscript([]);
    expect(await (await get("?format=jsonl")).text()).toBe("");
  });

  it("are read from the journal as their reader takes them", async () => {
    const { get, journal } = await withTranscript(events(1, 5_000));
    const reader = (await get("?format=jsonl")).body?.getReader();
    await reader?.read();
    expect(journal.reads).toBeLessThanOrEqual(2);
    await reader?.cancel();
    expect(journal.reads).toBeLessThanOrEqual(2);
  });

  it("are an error where the journal fails at once, and break off where it fails later", async () => {
    const { get, journal, logged } = await withTranscript(events(1, 2_500));
    journal.failAt = 1;
    expect((await get("?format=jsonl")).status).toBe(500);
    journal.failAt = journal.reads + 2;
    const response = await get("?format=jsonl");
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("disk failed");
    expect(logged.join()).toContain("a transcript broke off");
  });
});
