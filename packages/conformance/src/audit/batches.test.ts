import { describe, expect, it } from "vitest";
import { batch, event, recordingOf } from "../testing.ts";
import { auditBatchContent, auditBatchSize, auditFirstFrame } from "./batches.ts";

const A = (sequence: number, text = "") => event("A", sequence, { text });
const start = event("EVENT_TYPE_SESSION_START", 1);
const joined = event("EVENT_TYPE_POLY_AGENT_JOINED", 3);
const large = "x".repeat(131_072);

describe("batches", () => {
  it.each([
    ["nothing", auditBatchContent, batch()],
    ["ascending events", auditBatchContent, batch(A(1), A(5))],
    ["200 events", auditBatchSize, batch(...Array.from({ length: 200 }, (_, n) => A(n + 1)))],
    ["a larger event alone", auditBatchSize, batch(A(1, large))],
    ["what belongs together", auditBatchSize, batch(start, A(2, large), joined)],
  ])("may hold %s", (_, rule, frame) => {
    expect(rule(recordingOf([frame]))).toBeNull();
  });

  it.each([
    ["events that descend", auditBatchContent, batch(A(2), A(1))],
    ["an event twice", auditBatchContent, batch(A(2), A(2))],
    ["a batch", auditBatchContent, batch(batch())],
    ["a transient event", auditBatchContent, batch(event("EVENT_TYPE_HEARTBEAT", null))],
    ["what is no event", auditBatchContent, batch(5)],
    ["201 events", auditBatchSize, batch(...Array.from({ length: 201 }, (_, n) => A(n + 1)))],
    ["more than 128 KB in several events", auditBatchSize, batch(A(1), A(2, large))],
  ])("may not hold %s", (_, rule, frame) => {
    expect(rule(recordingOf([frame]))).not.toBeNull();
  });

  it("come first", () => {
    expect(auditFirstFrame(recordingOf([]))).toBeNull();
    expect(auditFirstFrame(recordingOf([batch(), A(1)]))).toBeNull();
    expect(auditFirstFrame(recordingOf([A(1), batch()]))).not.toBeNull();
  });
});
