import { CLOSE, EVENT, LIMITS, type ServerEvent } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { transient } from "../conversation/draft.ts";
import type { ReplayEvent } from "../conversation/replay.ts";
import { FakeSocket } from "../testing/fake-socket.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { Reader, type ReadSource } from "./reader.ts";

/** More bytes than a reader leaves in a socket. */
const LAGGING = 10_000_000;

class Source implements ReadSource {
  events: ReplayEvent[] = [];
  /** On disk already, while the one who wrote them has not been told. */
  untold = 0;
  ended = false;
  firstJoined = 0;
  readonly clock: ManualClock;
  /** Called before each page, so that a test can let things happen while one is read. */
  onRead: () => void = () => {};
  /** Called when a socket has had all there is. */
  onCaughtUp: () => void = () => {};

  constructor(clock: ManualClock, count: number) {
    this.clock = clock;
    for (let i = 0; i < count; i += 1) this.commit();
  }

  get committed(): number {
    return this.events.length - this.untold;
  }

  commit(type: string = EVENT.USER_MESSAGE): ReplayEvent {
    const sequence = this.events.length + 1;
    const event = {
      sequence,
      data: JSON.stringify({ id: `${sequence}`, sequence, timestamp: "t", type, payload: {} }),
    };
    this.events.push(event);
    return event;
  }

  async read(after: number): Promise<ReplayEvent[]> {
    this.onRead();
    return this.events.slice(after, after + 100);
  }

  present(): ServerEvent[] {
    return [transient({ now: this.clock.now(), newId: () => "now" }, EVENT.POLY_AGENT_THINKING, {})];
  }

  caughtUp(): void {
    this.onCaughtUp();
  }
}

function connect(count: number, cursor = 0) {
  const clock = new ManualClock();
  const source = new Source(clock, count);
  const socket = new FakeSocket();
  const reader = new Reader(socket, source, cursor, clock, () => "batch");
  return { clock, source, socket, reader };
}

/** Lets promises run, and moves the clock over every pause, until nothing is left to do. */
async function settle(clock: ManualClock): Promise<void> {
  for (let i = 0; i < 40; i += 1) {
    for (let j = 0; j < 20; j += 1) await Promise.resolve();
    clock.advance(LIMITS.batchPauseMs);
  }
}

describe("a socket that connects", () => {
  it("gets the history as batches with pauses, then what is true now, then what happens", async () => {
    const { clock, source, socket, reader } = connect(450);
    const started = reader.start();
    for (let j = 0; j < 100; j += 1) await Promise.resolve();
    expect(socket.sent).toHaveLength(1);
    await settle(clock);
    await started;
    expect(socket.frames.map(({ type }) => type)).toEqual([
      EVENT.EVENT_BATCH,
      EVENT.EVENT_BATCH,
      EVENT.EVENT_BATCH,
      EVENT.POLY_AGENT_THINKING,
    ]);
    reader.deliver(source.commit());
    expect(socket.sequences).toEqual(Array.from({ length: 451 }, (_, i) => i + 1));
  });

  it("gets one empty batch where there is nothing new", async () => {
    const { clock, socket, reader } = connect(3, 3);
    reader.start();
    await settle(clock);
    expect(socket.frames[0]).toMatchObject({ type: EVENT.EVENT_BATCH, payload: { events: [] } });
    expect(socket.sequences).toEqual([]);
  });

  it("with a cursor beyond the last event gets the next one all the same", async () => {
    const { clock, source, socket, reader } = connect(3, 1_000);
    expect(reader.position).toBe(3);
    reader.start();
    await settle(clock);
    reader.deliver(source.commit());
    expect(socket.sequences).toEqual([4]);
  });

  it("gets what is on disk before its writer knows of it once, when that is told", async () => {
    const { clock, source, socket, reader } = connect(1);
    const event = source.commit();
    source.untold = 1;
    reader.start();
    await settle(clock);
    source.untold = 0;
    reader.deliver(event);
    expect(socket.sequences).toEqual([1, 2]);
  });

  it("misses and doubles nothing that is committed during the replay", async () => {
    const { clock, source, socket, reader } = connect(150);
    let during = 5;
    source.onRead = () => {
      if (during > 0) reader.deliver(source.commit());
      during -= 1;
    };
    reader.start();
    await settle(clock);
    expect(source.committed).toBeGreaterThan(151);
    expect(socket.sequences).toEqual(source.events.map(({ sequence }) => sequence));
  });

  it("hears nothing transient before its replay is over", async () => {
    const { clock, socket, reader } = connect(1);
    reader.start();
    reader.tell("too soon");
    await settle(clock);
    reader.tell("now");
    expect(socket.sent).not.toContain("too soon");
    expect(socket.sent).toContain("now");
  });

  it("is closed behind the end of a session, and hears nothing else", async () => {
    const { clock, source, socket, reader } = connect(2);
    source.commit(EVENT.SESSION_END);
    source.ended = true;
    reader.start();
    await settle(clock);
    expect(socket.sequences).toEqual([1, 2, 3]);
    expect(socket.sent).toHaveLength(1);
    expect(socket.closed).toBe(CLOSE.ended);
  });
});

describe("a socket that lags", () => {
  it("is fed from the journal as it drains, without a hole", async () => {
    const { clock, source, socket, reader } = connect(1);
    reader.start();
    await settle(clock);
    socket.buffered = LAGGING;
    for (let i = 0; i < 300; i += 1) reader.deliver(source.commit());
    await settle(clock);
    expect(socket.sequences).toEqual([1, 2]);
    socket.drain();
    await settle(clock);
    reader.deliver(source.commit());
    expect(socket.sequences).toEqual(Array.from({ length: 302 }, (_, i) => i + 1));
  });

  it("is told what is true right now when it has caught up", async () => {
    const { clock, source, socket, reader } = connect(1);
    reader.start();
    await settle(clock);
    socket.buffered = LAGGING;
    reader.deliver(source.commit());
    const before = socket.sent.length;
    expect(reader.tell("lost")).toBe(false);
    let heard = 0;
    source.onCaughtUp = () => {
      heard = socket.sent.length;
    };
    socket.drain();
    await settle(clock);
    expect(socket.sent.slice(before)).toMatchObject([expect.stringContaining("THINKING")]);
    expect(heard).toBe(socket.sent.length);
  });

  it("holds a long replay back until it drains", async () => {
    const { clock, socket, reader } = connect(450);
    socket.buffered = LAGGING;
    reader.start();
    await settle(clock);
    expect(socket.sent).toEqual([]);
    socket.drain();
    await settle(clock);
    expect(socket.sequences).toHaveLength(450);
  });
});

describe("an echo once more", () => {
  it("goes at once to a socket that has had it", async () => {
    const { clock, socket, reader } = connect(3);
    reader.start();
    await settle(clock);
    await reader.repeat(2);
    expect(socket.sequences).toEqual([1, 2, 3, 2]);
  });

  it("does not answer a flood of copies, each of which reads the journal", async () => {
    const { clock, source, socket, reader } = connect(3, 3);
    await Promise.all([reader.start(), settle(clock)]);
    let reads = 0;
    source.onRead = () => {
      reads += 1;
    };
    for (let i = 0; i < 3 * LIMITS.messageBurst; i += 1) await reader.repeat(2);
    expect(reads).toBe(LIMITS.messageBurst);
    socket.sent.length = 0;
    clock.advance(1_000);
    for (let i = 0; i < 3 * LIMITS.messageBurst; i += 1) await reader.repeat(2);
    expect(socket.sent).toHaveLength(LIMITS.messageRate);
  });

  it("comes in its turn to one that has not", async () => {
    const { clock, socket, reader } = connect(3);
    const started = reader.start();
    await reader.repeat(2);
    await settle(clock);
    await started;
    expect(socket.sequences).toEqual([1, 2, 3]);
  });
});

describe("replies", () => {
  const echo = (clock: ManualClock) => transient({ now: clock.now(), newId: () => "h" }, EVENT.HEARTBEAT, {});
  const echoes = (socket: FakeSocket) => socket.frames.filter(({ type }) => type === EVENT.HEARTBEAT).length;

  it("to a flood are bounded, and flow again", async () => {
    const { clock, socket, reader } = connect(1);
    reader.start();
    await settle(clock);
    for (let i = 0; i < 1_000; i += 1) reader.reply(echo(clock));
    expect(echoes(socket)).toBe(LIMITS.replyRate);
    clock.advance(1_000);
    for (let i = 0; i < 1_000; i += 1) reader.reply(echo(clock));
    expect(echoes(socket)).toBe(2 * LIMITS.replyRate);
  });

  it("do not pile up in front of a client that sends and does not read", async () => {
    const { clock, socket, reader } = connect(1, 1);
    await Promise.all([reader.start(), settle(clock)]);
    socket.sent.length = 0;
    socket.buffered = LAGGING;
    reader.reply(transient({ now: clock.now(), newId: () => "reply" }, EVENT.HEARTBEAT, {}));
    await reader.repeat(1);
    expect(socket.sent).toEqual([]);
  });

  it("wait until the replay is over", async () => {
    const { clock, socket, reader } = connect(450);
    reader.start();
    reader.reply(echo(clock));
    await settle(clock);
    expect(socket.frames.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 3 }, () => EVENT.EVENT_BATCH),
      EVENT.POLY_AGENT_THINKING,
      EVENT.HEARTBEAT,
    ]);
  });
});

it("a journal that cannot be read is told to who started the replay", async () => {
  const { source, reader } = connect(1);
  source.read = () => Promise.reject(new Error("the disk is gone"));
  await expect(reader.start()).rejects.toThrow("the disk is gone");
});
