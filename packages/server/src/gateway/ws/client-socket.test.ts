import { EventEmitter } from "node:events";
import type { Duplex, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { CLOSE, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import * as library from "ws";
import { ManualClock } from "../../testing/manual-clock.ts";
import { ClientSocket } from "./client-socket.ts";

/** The library's socket, as far as it is used. */
class FakeWebSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  pings = 0;
  isPaused = false;
  closed: number | undefined;
  terminated = false;

  ping(): void {
    this.pings += 1;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  onClose = () => {};
  close(code?: number, _reason?: Buffer): void {
    this.onClose();
    this.closed ??= code;
  }
  terminate(): void {
    this.terminated = true;
    this.emit("close", 1006);
  }
}

class FakeStream extends EventEmitter {
  readonly written: Buffer[] = [];
  writable = true;
  destroyed = false;
  writableNeedDrain = false;
  _handle = { bytesWritten: 2_000_000, writeQueueSize: 0 };

  write(bytes: Buffer): void {
    this.written.push(bytes);
  }
}

/** How the library reads frames; its types leave it out. */
const { Receiver } = library as unknown as {
  Receiver: new (options: { isServer: boolean }) => Writable;
};

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

function open() {
  const clock = new ManualClock();
  const ws = new FakeWebSocket();
  const stream = new FakeStream();
  const socket = new ClientSocket(ws as unknown as WebSocket, stream as unknown as Duplex, clock);
  return { clock, ws, stream, socket };
}

describe("closing", () => {
  it("waits for a socket's first second, since shipped clients take an early close for a refusal", () => {
    const { clock, ws, socket } = open();
    socket.close(CLOSE.restart);
    clock.advance(LIMITS.socketMinimumMs - 1);
    expect(ws.closed).toBeUndefined();
    clock.advance(1);
    expect(ws.closed).toBe(CLOSE.restart);
  });

  it("waits for it also when the time of day is set", () => {
    const { clock, ws, socket } = open();
    clock.set(86_400_000);
    socket.close(CLOSE.restart);
    expect(ws.closed).toBeUndefined();
  });

  it("does not wait behind the session's end", () => {
    const { ws, socket } = open();
    socket.close(CLOSE.ended);
    expect(ws.closed).toBe(CLOSE.ended);
  });

  it("waits too where the library closes by itself", () => {
    const { clock, ws } = open();
    ws.close(CLOSE.protocolError);
    expect(ws.closed).toBeUndefined();
    clock.advance(LIMITS.socketMinimumMs);
    expect(ws.closed).toBe(CLOSE.protocolError);
  });

  it("names a message in too many pieces a frame that is too large, as the protocol does", () => {
    const { clock, ws } = open();
    ws.close(1008);
    clock.advance(LIMITS.socketMinimumMs);
    expect(ws.closed).toBe(CLOSE.tooLarge);
  });

  it("answers a client's close with its own code", () => {
    const { clock, ws } = open();
    ws.close(1008, Buffer.alloc(0));
    clock.advance(LIMITS.socketMinimumMs);
    expect(ws.closed).toBe(1008);
  });

  it("is the last thing that is sent", () => {
    const { ws, stream, socket } = open();
    ws.onClose = () => expect(stream.written.map(String)).toEqual([expect.stringContaining("before")]);
    socket.send("before");
    socket.close(CLOSE.ended);
    socket.send("after");
    expect([ws.closed, stream.written.length, socket.buffered]).toEqual([CLOSE.ended, 1, 0]);
  });

  it("leaves no timer behind", () => {
    const { clock, ws, socket } = open();
    socket.close(CLOSE.restart);
    ws.emit("close", 1006);
    expect(clock.size).toBe(0);
  });
});

describe("pings", () => {
  it("keep a socket that answers", () => {
    const { clock, ws } = open();
    for (let i = 0; i < 10; i += 1) {
      clock.advance(LIMITS.pingMs);
      ws.emit("pong");
    }
    expect([ws.pings, ws.terminated]).toEqual([10, false]);
  });

  it("drop one that has missed two", () => {
    const { clock, ws } = open();
    clock.advance(3 * LIMITS.pingMs - 1);
    expect([ws.pings, ws.terminated]).toEqual([2, false]);
    clock.advance(1);
    expect(ws.terminated).toBe(true);
  });

  it.each([
    ["an answer", "pong", true],
    ["a close", "close", false],
  ])("find out at once whether somebody is there: %s", async (_, event, alive) => {
    const { ws, socket } = open();
    const probe = socket.probe();
    ws.emit(event);
    expect(await probe).toBe(alive);
  });

  it("do not wait for ever for somebody who is silent", async () => {
    const { clock, socket } = open();
    const probe = socket.probe();
    clock.advance(LIMITS.socketProbeMs);
    expect(await probe).toBe(false);
  });
});

describe("a client's pings", () => {
  it("are answered, those of one tick in one write", async () => {
    const { ws, stream } = open();
    for (const payload of ["a", "b"]) ws.emit("ping", Buffer.from(payload));
    await nextTick();
    expect(stream.written).toEqual([Buffer.from([0x8a, 1, 0x61, 0x8a, 1, 0x62])]);
  });

  it("cannot fill a socket that takes nothing", async () => {
    const { ws, stream } = open();
    ws.bufferedAmount = 65_537;
    ws.emit("ping", Buffer.from("a"));
    await nextTick();
    expect(stream.written).toEqual([]);
  });
});

describe("frames that wait for the disk", () => {
  const LARGEST = LIMITS.frameBytes;

  it("do not hold up others while they are few", () => {
    const { ws, socket } = open();
    socket.hold(LARGEST / 2, new Promise(() => {}));
    expect(ws.isPaused).toBe(false);
  });

  it("let nothing more be read when they are too many, until they are fewer", async () => {
    const { ws, socket } = open();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    socket.hold(LARGEST, first.promise);
    socket.hold(1, second.promise);
    expect(ws.isPaused).toBe(true);
    second.resolve();
    await second.promise;
    expect(ws.isPaused, "the large one still waits").toBe(true);
    first.resolve();
    await first.promise;
    expect(ws.isPaused).toBe(false);
  });

  it("cost something even if they are empty", () => {
    const { ws, socket } = open();
    for (let i = 0; i < 10_000; i += 1) socket.hold(0, new Promise(() => {}));
    expect(ws.isPaused).toBe(true);
  });
});

describe("a socket with much to take", () => {
  const stalled = () => {
    const all = open();
    all.ws.bufferedAmount = 1_000_000;
    all.stream._handle.writeQueueSize = 1_000_000;
    all.socket.send("x");
    return all;
  };

  it("is closed with 1013 when it took nothing for too long", () => {
    const { clock, ws } = stalled();
    clock.advance(LIMITS.stalledSocketMs - 1);
    expect(ws.closed).toBeUndefined();
    clock.advance(5_000);
    expect([ws.closed, ws.terminated]).toEqual([CLOSE.tryAgainLater, true]);
  });

  it.each([86_400_000, -86_400_000])(
    "is closed no sooner and no later when the time of day is set by %i ms",
    (jump) => {
      const { clock, ws } = stalled();
      clock.advance(LIMITS.stalledSocketMs / 2);
      clock.set(jump);
      clock.advance(LIMITS.stalledSocketMs / 2 - 1);
      expect(ws.closed).toBeUndefined();
      clock.advance(5_000);
      expect(ws.closed).toBe(CLOSE.tryAgainLater);
    },
  );

  it("stays while it takes a little", () => {
    const { clock, ws, stream } = stalled();
    for (let i = 0; i < 20; i += 1) {
      clock.advance(LIMITS.stalledSocketMs / 2);
      ws.emit("pong");
      stream._handle.writeQueueSize -= 1;
    }
    expect(ws.closed).toBeUndefined();
  });

  it("stays while it takes one write after the other", () => {
    const { clock, ws, stream } = stalled();
    for (let i = 0; i < 20; i += 1) {
      clock.advance(LIMITS.stalledSocketMs / 2);
      ws.emit("pong");
      stream._handle.bytesWritten += 1_000_000;
    }
    expect(ws.closed).toBeUndefined();
  });

  it("is not watched any more when it has taken all", async () => {
    const { clock, ws } = stalled();
    await nextTick();
    ws.bufferedAmount = 0;
    clock.advance(5_000);
    expect(clock.size, "the ping alone").toBe(1);
  });
});

describe("what is sent", () => {
  it("goes to the network in one write, where it belongs to one tick", async () => {
    const { socket, stream } = open();
    for (let i = 0; i < 5; i += 1) socket.send(`${i}`);
    await nextTick();
    expect(`${stream.written.map((bytes) => bytes.toString("latin1"))}`).toBe(
      "\x81\x010\x81\x011\x81\x012\x81\x013\x81\x014",
    );
  });

  it("counts as buffered from the first moment", async () => {
    const { socket } = open();
    socket.send("é");
    expect(socket.buffered).toBe(4);
    await nextTick();
    expect(socket.buffered).toBe(0);
  });

  it("is dropped where nobody takes it any more", async () => {
    const { ws, socket, stream } = open();
    socket.send("a");
    stream.writable = false;
    await nextTick();
    stream.writable = true;
    ws.readyState = 2;
    socket.send("b");
    await nextTick();
    expect(stream.written).toEqual([]);
  });

  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 300_000])(
    "is a frame that the library reads: %i bytes",
    async (length) => {
      const { socket, stream } = open();
      const text = "x".repeat(length);
      const receiver = new Receiver({ isServer: false });
      const messages: string[] = [];
      receiver.on("message", (data: Buffer) => messages.push(`${data}`));
      socket.send(text);
      socket.send("é🙂");
      await nextTick();
      for (const bytes of stream.written) receiver.write(bytes);
      await setImmediate();
      expect(messages.map((message) => message === text || message)).toEqual([true, "é🙂"]);
    },
  );
});
