import { describe, expect, it } from "vitest";
import type { Recording } from "../client/recording.ts";
import { chunk, event, recordingOf } from "../testing.ts";
import { auditChunks, auditClose, auditEnd, auditForm, auditLanguage } from "./streams.ts";

const last = { is_complete: true };
const other = { message_id: "n" };
const message = (sequence: number, text: string) =>
  event("EVENT_TYPE_POLY_AGENT_MESSAGE", sequence, { text });
const echo = (sequence: number) => event("EVENT_TYPE_USER_MESSAGE", sequence);
const left = (sequence: number) => event("EVENT_TYPE_POLY_AGENT_LEFT", sequence);
const end = event("EVENT_TYPE_SESSION_END", 9);
const language = (sequence: number) => event("EVENT_TYPE_LANGUAGE_CHANGED", sequence);

describe("chunks", () => {
  it.each([
    [
      "one behind the other",
      [chunk(1, 1, "a"), chunk(2, 2, "b", last), chunk(3, 1, "c", { ...last, ...other })],
      0,
    ],
    ["with an echo between", [chunk(1, 1, "a"), echo(2), chunk(3, 2, "b", last), left(4)], 0],
    ["folded", [chunk(3, 3, "abc", { first_chunk_index: 1 }), chunk(4, 4, "d", last)], 0],
    ["from the middle, behind a cursor", [chunk(4, 3, "c"), chunk(5, 4, "d", last)], 3],
    ["cut off at the end of the recording", [chunk(1, 1, "a")], 0],
  ])("may come %s", (_, frames, cursor) => {
    expect(auditChunks(recordingOf(frames, { cursor }))).toBeNull();
  });

  it.each([
    ["start at 0", [chunk(1, 0, "a")]],
    ["skip one", [chunk(1, 1, "a"), chunk(2, 3, "b")]],
    ["go on behind the last", [chunk(1, 1, "a", last), chunk(2, 2, "b")]],
    ["be interleaved", [chunk(1, 1, "a"), chunk(2, 1, "b", other)]],
    ["stay open when a message comes", [chunk(1, 1, "a"), message(2, "b")]],
    ["stay open when the agent leaves", [chunk(1, 1, "a"), left(2)]],
    ["stay open at the end", [chunk(1, 1, "a"), end]],
  ])("may not %s", (_, frames) => {
    expect(auditChunks(recordingOf(frames))).not.toBeNull();
  });

  it("come only where they were asked for, and instead of messages", () => {
    expect(auditForm(recordingOf([chunk(1, 1, "a")], { streaming: true }))).toBeNull();
    expect(auditForm(recordingOf([message(1, "")], { streaming: true }))).toBeNull();
    expect(auditForm(recordingOf([message(1, "a")]))).toBeNull();
    expect(auditForm(recordingOf([chunk(1, 1, "a")]))).not.toBeNull();
    expect(auditForm(recordingOf([message(1, "a")], { streaming: true }))).not.toBeNull();
  });

  it("do not come before the language that they are in", () => {
    expect(auditLanguage(recordingOf([language(1), chunk(2, 1, "a")]))).toBeNull();
    expect(auditLanguage(recordingOf([chunk(1, 1, "a", last), language(2)]))).toBeNull();
    expect(auditLanguage(recordingOf([chunk(1, 1, "a"), language(2)]))).not.toBeNull();
  });
});

describe("the end", () => {
  it("is the last frame", () => {
    expect(auditEnd(recordingOf([end]))).toBeNull();
    expect(auditEnd(recordingOf([end, echo(10)]))).not.toBeNull();
    expect(auditEnd(recordingOf([end, "nonsense"]))).not.toBeNull();
  });

  const closed = (code: number, more: Partial<Recording> = {}, frames = [left(1)]) =>
    auditClose(recordingOf(frames, { closed: { code, reason: "", at: 0, byUs: false }, ...more }));

  it.each([1002, 1007, 1009, 1011, 1012, 1013])("may be missing where the server closes with %i", (code) => {
    expect(closed(code)).toBeNull();
  });

  it.each([1000, 1005, 1006, 4000, 4001, 4003])("is not missing where the server closes with %i", (code) => {
    expect(closed(code)).not.toBeNull();
  });

  it("comes with 1000 and nothing else", () => {
    expect(closed(1000, {}, [end])).toBeNull();
    expect(closed(1011, {}, [end])).not.toBeNull();
    // A client that has seen it before is closed without it.
    expect(closed(1000, { cursor: 9 }, [])).toBeNull();
    expect(closed(1000, { cursor: 0 }, [])).not.toBeNull();
  });

  it("is not asked of a socket that the suite itself closed or kept silent", () => {
    expect(closed(1006, { silent: true })).toBeNull();
    expect(closed(1006, { closed: { code: 1006, reason: "", at: 0, byUs: true } })).toBeNull();
  });
});
