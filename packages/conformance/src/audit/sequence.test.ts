import { describe, expect, it } from "vitest";
import { batch, chunk, event, lastOf, recordingOf } from "../testing.ts";
import { auditIds, auditSequence, auditTransients } from "./sequence.ts";

const A = (sequence: number) => event("A", sequence);
const message = (sequence: number) => event("EVENT_TYPE_USER_MESSAGE", sequence);

describe("sequences", () => {
  it.each([
    ["from the beginning", [batch(A(1), A(2)), A(3)], 0],
    ["from a cursor on", [batch(), A(6)], 5],
    ["with transients between", [A(1), event("T", null), A(2)], 0],
    ["over a folded chunk", [A(1), chunk(4, 3, "abc", { first_chunk_index: 1 }), A(5)], 0],
    ["with a repeated echo", [A(1), message(2), A(3), message(2), A(4)], 0],
    ["with an echo from before the cursor", [batch(), message(2), A(6)], 5],
    ["from where an odd cursor begins", [A(4), A(5)], null],
  ])("may go on %s", (_, frames, cursor) => {
    expect(auditSequence(recordingOf(frames, { cursor }))).toBeNull();
  });

  it.each([
    ["start late", [A(2)], 0],
    ["have a hole", [A(1), A(3)], 0],
    ["go back", [A(1), A(2), A(1)], 0],
    ["repeat what the cursor covers", [A(5)], 5],
    ["jump over what a folded chunk does not cover", [A(1), chunk(4, 3, "c", { first_chunk_index: 2 })], 0],
    ["have a hole before an echo", [A(1), message(3)], 0],
  ])("may not %s", (_, frames, cursor) => {
    const recording = recordingOf(frames, { cursor });
    expect(auditSequence(recording)?.received).toEqual(lastOf(recording));
  });
});

describe("ids", () => {
  it("belong to one event, on every socket", () => {
    expect(auditIds([recordingOf([A(1)]), recordingOf([batch(A(1)), A(2)])])).toBeNull();
  });

  it("are not the same in another event", () => {
    const other = event("B", 2, {}, { id: A(1).id });
    expect(auditIds([recordingOf([A(1), other])])?.received?.event).toEqual(other);
  });

  it("do not change at a replay", () => {
    const other = event("A", 1, {}, { id: crypto.randomUUID() });
    expect(auditIds([recordingOf([A(1)]), recordingOf([other])])?.received?.event).toEqual(other);
  });

  it("are not those of another session", () => {
    expect(auditIds([recordingOf([A(1)]), recordingOf([A(1)], { session: "other" })])).not.toBeNull();
  });

  it("come once where the event is transient", () => {
    expect(auditTransients(recordingOf([event("T", null), event("T", null)]))).not.toBeNull();
    expect(auditTransients(recordingOf([event("T", null), A(1), A(1)]))).toBeNull();
  });
});
