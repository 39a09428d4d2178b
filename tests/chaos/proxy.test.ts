import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { CLEAR } from "./pipe.ts";
import { type Fault, type Plan, TcpProxy, UNHURT } from "./proxy.ts";
import { Random } from "./random.ts";

const cleanUp = useCleanUp();

interface Ends {
  proxy: TcpProxy;
  client: Socket;
  server: Socket;
}

/** A client and a server with the proxy between them. */
async function connected(plan: Plan = UNHURT): Promise<Ends> {
  const listener = createServer({ allowHalfOpen: true });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  cleanUp().defer(() => void listener.close());
  const { port } = listener.address() as AddressInfo;
  const proxy = cleanUp().use(await TcpProxy.start({ target: () => port, seed: 1, plan: () => plan }));
  const accepted = once(listener, "connection");
  const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  const [server] = (await accepted) as [Socket];
  for (const socket of [client, server]) cleanUp().defer(() => void socket.destroy());
  return { proxy, client, server };
}

const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));

/** All that comes, piece by piece, until so much is there. */
async function received(socket: Socket, length: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    pieces.push(piece);
    if (Buffer.concat(pieces).length >= length) break;
  }
  return pieces;
}

/** The code of the error a socket ends with, or null where it ended in good order. */
async function ending(socket: Socket): Promise<string | null> {
  let code: string | null = null;
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = error.code ?? "?";
  });
  socket.on("end", () => socket.end());
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  return code;
}

describe("a line", () => {
  it.each([
    ["clear", CLEAR],
    ["late", { ...CLEAR, latencyMs: 20, jitterMs: 20 }],
    ["sliced", { ...CLEAR, sliceBytes: 1_000 }],
    ["narrow", { ...CLEAR, bytesPerSecond: 500_000 }],
  ])("that is %s carries every byte, in order, both ways", async (_, line) => {
    const { client, server } = await connected({ line, faults: [] });
    client.write(bytes);
    expect(Buffer.concat(await received(server, bytes.length)).equals(bytes)).toBe(true);
    server.write(bytes);
    expect(Buffer.concat(await received(client, bytes.length)).equals(bytes)).toBe(true);
  });

  it("takes its time", async () => {
    const { client, server } = await connected({ line: { ...CLEAR, latencyMs: 60 }, faults: [] });
    const start = performance.now();
    client.write("x");
    await received(server, 1);
    expect(performance.now() - start).toBeGreaterThan(58);
  });

  it("is as narrow as it says", async () => {
    const { client, server } = await connected({ line: { ...CLEAR, bytesPerSecond: 500_000 }, faults: [] });
    const start = performance.now();
    client.write(bytes);
    await received(server, bytes.length);
    expect(performance.now() - start).toBeGreaterThan(190);
  });

  it("hands over tiny pieces", async () => {
    const { client, server } = await connected({ line: { ...CLEAR, sliceBytes: 3 }, faults: [] });
    client.write(bytes.subarray(0, 300));
    const pieces = await received(server, 300);
    expect(pieces.length).toBeGreaterThan(20);
  });

  it("carries the end of a stream behind its bytes, and leaves the other direction open", async () => {
    const { client, server } = await connected({ line: { ...CLEAR, latencyMs: 10 }, faults: [] });
    client.end("bye");
    expect(String(Buffer.concat(await received(server, 3)))).toBe("bye");
    await once(server.resume(), "end");
    server.end("good bye");
    expect(String(Buffer.concat(await received(client, 8)))).toBe("good bye");
  });
});

describe("a fault", () => {
  const soon = (fault: Fault): Plan => ({ line: CLEAR, faults: [fault] });

  it.each([
    ["a cut ends both sides in good order", { kind: "cut", afterMs: 20 }, null],
    ["a reset is one on both sides", { kind: "reset", afterMs: 20 }, "ECONNRESET"],
  ] as const)("%s", async (_, fault, code) => {
    const { proxy, client, server } = await connected(soon(fault));
    expect(await Promise.all([ending(client), ending(server)])).toEqual([code, code]);
    await expect.poll(() => proxy.links.length).toBe(0);
  });

  it("a stall holds everything back, then lets it go in order", async () => {
    const { client, server, proxy } = await connected();
    client.write("a");
    await received(server, 1);
    const start = performance.now();
    proxy.links[0]?.hurt({ kind: "stall", afterMs: 0, forMs: 80 });
    client.write("b");
    client.write("c");
    expect(String(Buffer.concat(await received(server, 2)))).toBe("bc");
    expect(performance.now() - start).toBeGreaterThan(78);
  });

  it("silence swallows what comes, and tells nobody, not even of an end", async () => {
    const { proxy, client, server } = await connected();
    proxy.links[0]?.silence();
    let told = false;
    for (const event of ["data", "end", "close"]) server.on(event, () => (told = true));
    // More than all buffers on the way hold: a sender that cannot get rid of its bytes would learn that way.
    await new Promise((resolve) => client.write(Buffer.alloc(8_000_000), resolve));
    const gone = once(client, "close");
    client.resetAndDestroy();
    await gone;
    await sleep(50);
    expect(told).toBe(false);
  });

  it("a reset of one side is passed on", async () => {
    const { client, server } = await connected();
    const end = ending(server);
    client.resetAndDestroy();
    expect(await end).toBe("ECONNRESET");
  });

  it("a server that is not there is a reset", async () => {
    const proxy = cleanUp().use(await TcpProxy.start({ target: () => 1, seed: 1 }));
    expect(await ending(connect(proxy.port, "127.0.0.1"))).toBe("ECONNRESET");
  });
});

it("the same seed gives the same plans", async () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 5 }, () => random.fork().integer(0, 1_000_000));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
