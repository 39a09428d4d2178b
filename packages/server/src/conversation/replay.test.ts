import { randomUUID } from "node:crypto";
import { EVENT, LIMITS } from "@parley/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, batchText, foldChunks, Replay, type ReplayEvent } from "./replay.ts";

const event = (sequence: number, type: string, payload: object, metadata?: object): ReplayEvent => ({
  sequence,
  data: JSON.stringify({
    id: `id-${sequence}`,
    sequence,
    timestamp: "2026-01-01T00:00:00.000Z",
    type,
    payload,
    metadata,
  }),
});

const chunk = (
  sequence: number,
  message_id: string,
  index: number,
  text: string,
  more: object = {},
): ReplayEvent =>
  event(sequence, EVENT.POLY_AGENT_MESSAGE_CHUNK, {
    message_id,
    text,
    attachments: [],
    response_suggestions: [],
    chunk_index: index,
    is_complete: false,
    ...more,
  });

const message = (sequence: number, text = "hi", custom?: object) =>
  event(sequence, EVENT.USER_MESSAGE, { message_id: `m${sequence}`, text }, custom && { custom });

function replay(
  events: readonly ReplayEvent[],
  options: { fold?: boolean; together?: number } = {},
): Batch[] {
  const replaying = new Replay({ fold: options.fold ?? true, together: options.together ?? 0 });
  return [...events.flatMap((each) => replaying.add(each)), ...replaying.flush()];
}

const parsed = (batches: readonly Batch[]) =>
  batches.flatMap(({ events }) => events.map((text) => JSON.parse(text)));

describe("folding", () => {
  const stream = [
    message(1),
    chunk(2, "a", 1, "One "),
    chunk(3, "a", 2, "two "),
    chunk(4, "a", 3, "three", { is_complete: true, attachments: [{ title: "card" }] }),
    chunk(5, "b", 1, "Next"),
  ];

  it("makes adjacent chunks of one message one, in the last one's place", () => {
    expect(parsed(replay(stream))).toMatchObject([
      { sequence: 1 },
      {
        id: "id-4",
        sequence: 4,
        payload: {
          message_id: "a",
          text: "One two three",
          attachments: [{ title: "card" }],
          chunk_index: 3,
          first_chunk_index: 1,
          is_complete: true,
        },
      },
      { id: "id-5", payload: { text: "Next", is_complete: false } },
    ]);
  });

  it("leaves chunks as they are behind a cursor", () => {
    expect(replay(stream.slice(2), { fold: false }).flatMap(({ events }) => events)).toEqual(
      stream.slice(2).map(({ data }) => data),
    );
  });

  it("does not reach over an event between the chunks", () => {
    const events = [chunk(1, "a", 1, "One "), message(2), chunk(3, "a", 2, "two")];
    expect(parsed(replay(events)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("does not take a client's metadata for a chunk", () => {
    const disguised = message(1, "hi", {
      type: EVENT.POLY_AGENT_MESSAGE_CHUNK,
      payload: { message_id: "a" },
    });
    expect(replay([disguised])[0]?.events).toEqual([disguised.data]);
  });

  it("leaves a chunk alone as it is", () => {
    const only = chunk(7, "a", 4, "x");
    expect(foldChunks([only])).toBe(only);
  });
});

describe("batches", () => {
  const many = (count: number, text = "hi") => Array.from({ length: count }, (_, i) => message(i + 1, text));

  it("hold at most so many events", () => {
    expect(replay(many(450)).map(({ events }) => events.length)).toEqual([200, 200, 50]);
  });

  it("hold at most so many bytes, but a larger event alone", () => {
    const large = "x".repeat(LIMITS.batchBytes - 200);
    const sizes = replay([
      message(1),
      message(2, large),
      message(3, `${large}${"x".repeat(400)}`),
      message(4),
    ]).map(({ events }) => events.length);
    expect(sizes).toEqual([1, 1, 1, 1]);
  });

  it("keep the start and the first join together", () => {
    const text = "x".repeat(60_000);
    const events = [
      message(1, text),
      message(2, text),
      message(3, text),
      event(4, EVENT.POLY_AGENT_JOINED, {}),
      message(5),
    ];
    expect(replay(events, { together: 4 }).map(({ events: { length } }) => length)).toEqual([4, 1]);
  });

  it("say up to where they reach", () => {
    expect(replay([message(1), chunk(2, "a", 1, "x"), chunk(3, "a", 2, "y")]).at(-1)?.through).toBe(3);
  });

  it("join the stored texts", () => {
    const text = batchText("id", "2026-01-01T00:00:00.000Z", [message(1).data, message(2).data]);
    expect(JSON.parse(text)).toMatchObject({
      id: "id",
      sequence: null,
      type: EVENT.EVENT_BATCH,
      payload: { events: [{ sequence: 1 }, { sequence: 2 }] },
    });
  });

  it("carry every event once and in order, whatever the history", () => {
    const history = fc
      .array(
        fc.record({ stream: fc.constantFrom(null, "a", "b"), size: fc.constantFrom(1, 30_000, 70_000) }),
        {
          maxLength: 300,
        },
      )
      .map((steps) =>
        steps.map(({ stream, size }, i) =>
          stream === null
            ? message(i + 1, "x".repeat(size))
            : chunk(i + 1, stream, 1, "y".repeat(size % 100)),
        ),
      );
    fc.assert(
      fc.property(history, fc.boolean(), (events, fold) => {
        const batches = replay(events, { fold });
        const sequences = parsed(batches).map(({ sequence }) => sequence);
        expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
        expect(batches.at(-1)?.through ?? 0).toBe(events.length);
        if (!fold) expect(sequences).toEqual(events.map(({ sequence }) => sequence));
        for (const { events: texts } of batches) {
          const bytes = Buffer.byteLength(batchText(randomUUID(), new Date().toISOString(), texts));
          expect(texts.length).toBeLessThanOrEqual(LIMITS.batchEvents);
          expect(texts.length === 1 || bytes <= LIMITS.batchBytes).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
