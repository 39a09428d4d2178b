import { describe, expect, it } from "vitest";
import { batch, event, recordingOf } from "../testing.ts";

describe("a recording", () => {
  it("takes batches apart, in order, and remembers where each event came", () => {
    const { received } = recordingOf([batch(event("A", 1), event("B", 2)), event("C", 3)]);
    expect(received.map((one) => [one.event.type, one.index, one.frame, one.batched])).toEqual([
      ["A", 0, 0, true],
      ["B", 1, 0, true],
      ["C", 2, 1, false],
    ]);
  });

  it.each(["not JSON", "null", "[]", '{"type":5,"payload":{}}', '{"type":"A"}'])(
    "keeps the frame %s, which is no event",
    (frame) => {
      const { frames, received } = recordingOf([frame]);
      expect(frames.map(({ text }) => text)).toEqual([frame]);
      expect(received).toEqual([]);
    },
  );

  it("counts bytes, not characters", () => {
    expect(recordingOf(["é🍝"]).frames[0]?.bytes).toBe(6);
  });
});
