import { describe, expect, it } from "vitest";
import { note } from "../client/recording.ts";
import { batch, event, recordingOf } from "../testing.ts";
import {
  auditFrameSize,
  auditId,
  auditKeys,
  auditMetadata,
  auditObjects,
  auditPayload,
  auditText,
  auditTimestamp,
  auditTransience,
  auditUrls,
} from "./envelope.ts";

const echo = event("EVENT_TYPE_HEARTBEAT", null);
const good = [batch(event("EVENT_TYPE_POLY_AGENT_LEFT", 1)), echo, { ...echo, metadata: { custom: {} } }];
const card = {
  title: "t",
  preview_image_url: "",
  content_type: "ATTACHMENT_CONTENT_TYPE_URL",
  call_to_action_text: "",
};
const withUrl = (content_url: string) =>
  event("EVENT_TYPE_POLY_AGENT_MESSAGE", 1, {
    message_id: "m",
    text: "t",
    attachments: [{ ...card, content_url }],
    response_suggestions: [],
  });

const rules = {
  auditFrameSize,
  auditId,
  auditKeys,
  auditMetadata,
  auditObjects,
  auditPayload,
  auditText,
  auditTimestamp,
  auditTransience,
  auditUrls,
};

describe("the envelope", () => {
  it.each(Object.entries(rules))("%s accepts what is right", (_, rule) => {
    expect(rule(recordingOf([...good, withUrl("https://example.com/a?b=%20#c")]))).toBeNull();
  });

  it.each([
    ["an id that is no UUID", auditId, { ...echo, id: "1" }],
    ["an id that is none, in a batch", auditId, batch({ ...echo, id: undefined })],
    ["a batch without an id", auditId, { ...batch(), id: undefined }],
    ["a timestamp without milliseconds", auditTimestamp, { ...echo, timestamp: "2026-01-02T03:04:05Z" }],
    ["a timestamp with microseconds", auditTimestamp, { ...echo, timestamp: "2026-01-02T03:04:05.123456Z" }],
    ["a timestamp with an offset", auditTimestamp, { ...echo, timestamp: "2026-01-02T03:04:05.123+00:00" }],
    ["another key", auditKeys, { ...echo, session: "s" }],
    ["metadata that is null", auditMetadata, { ...echo, metadata: null }],
    ["metadata with nothing in it", auditMetadata, { ...echo, metadata: {} }],
    ["a transient event with a sequence", auditTransience, { ...echo, sequence: 3 }],
    ["an event without a sequence", auditTransience, event("EVENT_TYPE_POLY_AGENT_LEFT", null)],
    [
      "a sequence that is a text",
      auditTransience,
      { ...event("EVENT_TYPE_POLY_AGENT_LEFT", 1), sequence: "1" },
    ],
    ["an unknown type", auditPayload, event("EVENT_TYPE_NONE", 1)],
    ["a payload of another type", auditPayload, event("EVENT_TYPE_SESSION_END", 1, { reason: "REASON" })],
    ["a URL with a blank", auditUrls, withUrl("https://example.com/a b")],
    ["a URL with a lone percent sign", auditUrls, withUrl("https://example.com/100%")],
    ["a URL that is relative", auditUrls, withUrl("/a")],
    ["what is no JSON", auditObjects, "nonsense"],
    ["what is no event", auditObjects, "[]"],
    ["a frame above 900 KB", auditFrameSize, `"${"x".repeat(900_000)}"`],
  ])("refuses %s", (_, rule, frame) => {
    expect(rule(recordingOf([frame as string]))).not.toBeNull();
  });

  it("refuses a binary frame", () => {
    const recording = recordingOf([]);
    note(recording, JSON.stringify(echo), true, 0);
    expect(auditText(recording)).not.toBeNull();
  });
});
