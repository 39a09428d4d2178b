import { describe, expect, it } from "vitest";
import { entryOf, eventsOf, type WireRecord } from "./entries.ts";
import { type Filter, matcher } from "./filter.ts";

const record = (rest: Partial<WireRecord> & Pick<WireRecord, "kind">): WireRecord => ({
  n: 1,
  at: 0,
  session: "s1",
  connection: 3,
  ...rest,
});
const frame = (from: "client" | "server", frame: object | string) =>
  record({ kind: "frame", from, text: typeof frame === "string" ? frame : JSON.stringify(frame) });

const chunk = {
  type: "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK",
  sequence: 5,
  payload: { message_id: "m1", text: " Good\n evening " },
};
const join = { type: "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN", sequence: 4, payload: {} };

describe("a row", () => {
  it.each([
    [
      frame("server", chunk),
      {
        direction: "down",
        type: "POLY_AGENT_MESSAGE_CHUNK",
        sequence: "5",
        hint: "Good evening",
        messages: ["m1"],
      },
    ],
    [
      frame("client", {
        type: "EVENT_TYPE_USER_MESSAGE",
        payload: { text: "hi" },
        metadata: { custom: { local_id: "l1" } },
      }),
      { direction: "up", type: "USER_MESSAGE", sequence: "", hint: "hi", messages: ["l1"] },
    ],
    [
      frame("server", { type: "EVENT_TYPE_EVENT_BATCH", sequence: null, payload: { events: [join, chunk] } }),
      {
        type: "EVENT_BATCH",
        sequence: "4–5",
        hint: "2: REQUEST_POLY_AGENT_JOIN, POLY_AGENT_MESSAGE_CHUNK",
        messages: ["m1"],
      },
    ],
    [
      frame("server", { type: "EVENT_TYPE_EVENT_BATCH", payload: { events: [] } }),
      { sequence: "", hint: "nothing new" },
    ],
    [
      frame("server", {
        type: "EVENT_TYPE_SYSTEM_MESSAGE",
        payload: { level: "SYSTEM_MESSAGE_LEVEL_ERROR", message: "Sorry" },
      }),
      { hint: "Sorry", isBad: true },
    ],
    [frame("client", "{"), { direction: "up", type: "not an event", hint: "{", isBad: true }],
    [frame("client", "null"), { type: "not an event", isBad: true }],
    [record({ kind: "opened", cursor: 12 }), { direction: "none", type: "connected", hint: "cursor 12" }],
    [record({ kind: "closed", code: 1012 }), { type: "closed 1012", hint: "restart" }],
    [record({ kind: "closed", code: 4999 }), { type: "closed 4999", hint: "" }],
    [
      record({ kind: "refused", status: 404, message: "session not found" }),
      { type: "upgrade refused", sequence: "404", isBad: true },
    ],
    [
      record({
        kind: "request",
        method: "POST",
        path: "/api/v1/sessions",
        status: 200,
        ms: 7,
        request: "",
        response: '{"session_id":"s1"}',
      }),
      {
        type: "POST /api/v1/sessions",
        sequence: "200",
        hint: "7 ms",
        isBad: false,
        data: expect.objectContaining({ response: { session_id: "s1" } }),
      },
    ],
    [record({ kind: "fault", fault: { fault: "delay", ms: 50 } }), { type: "fault: delay", hint: "ms 50" }],
    [record({ kind: "fault", fault: { fault: "none" } }), { type: "faults cleared", hint: "" }],
  ])("says of %j what it is", (given, expected) => {
    expect(entryOf(given, 1)).toMatchObject(expected);
  });

  it("gives the events of a frame, or of the batch in it, and none of the client's", () => {
    const events = (given: WireRecord) => eventsOf(entryOf(given, 1)).map(({ sequence }) => sequence);
    expect(events(frame("server", chunk))).toEqual([5]);
    expect(
      events(frame("server", { type: "EVENT_TYPE_EVENT_BATCH", payload: { events: [join, chunk] } })),
    ).toEqual([4, 5]);
    expect(events(frame("client", join))).toEqual([]);
    expect(events(record({ kind: "closed", code: 1000 }))).toEqual([]);
  });
});

describe("the filter", () => {
  const nothing: Filter = {
    session: null,
    user: null,
    words: "",
    message: null,
    isQuiet: false,
    clearedAt: 0,
  };
  const handshake = {
    ...record({ kind: "request", method: "POST", path: "/api/v1/access-token", status: 200, ms: 1 }),
    session: null,
    user: "u1",
  };

  it.each([
    [{}, true],
    [{ words: "CHUNK" }, true],
    [{ words: "chunk evening" }, true],
    [{ words: "chunk morning" }, false],
    [{ words: "-chunk" }, false],
    [{ words: "evening -morning" }, true],
    [{ words: "-" }, false],
    [{ session: "s1" }, true],
    [{ session: "s2" }, false],
    [{ message: "m1" }, true],
    [{ message: "m2" }, false],
    [{ isQuiet: true }, true],
    [{ clearedAt: 1 }, false],
  ])("%j lets a chunk through: %s", (filter, expected) => {
    expect(matcher({ ...nothing, ...filter })(entryOf(frame("server", chunk), 1))).toBe(expected);
  });

  it("counts the handshake of a session's user to it, and leaves out the noise where that is wanted", () => {
    const seen = (filter: Partial<Filter>, given: WireRecord) =>
      matcher({ ...nothing, ...filter })(entryOf(given, 1));
    expect(seen({ session: "s1", user: "u1" }, handshake)).toBe(true);
    expect(seen({ session: "s1", user: "u2" }, handshake)).toBe(false);
    expect(seen({ session: "s1" }, handshake)).toBe(false);
    expect(seen({ isQuiet: true }, frame("client", { type: "EVENT_TYPE_HEARTBEAT" }))).toBe(false);
  });
});
