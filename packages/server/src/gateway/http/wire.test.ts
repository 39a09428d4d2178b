import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type RequestOptions, request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { events, newSession } from "../../testing/journal-rows.ts";
import { answerBroken } from "./app.ts";
import type { HttpDeps } from "./deps.ts";
import { acme, OPERATOR_KEY, setup } from "./fixture.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The app behind a real server, and one connection to it that is kept. */
async function serve(changes: Partial<HttpDeps> = {}) {
  const context = setup(changes);
  const server = createServer(
    getRequestListener(context.app.fetch, { errorHandler: answerBroken(randomUUID) }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  closers.push(async () => {
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const start = (options: RequestOptions) => request({ host: "127.0.0.1", port, agent, ...options });
  const send = async (options: RequestOptions, ...chunks: string[]) => {
    const outgoing = start({ method: "POST", path: "/api/v1/access-token", ...options });
    const answered = once(outgoing, "response");
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end();
    const [incoming] = (await answered) as [IncomingMessage];
    const body = await text(incoming);
    return { status: incoming.statusCode, headers: incoming.headers, body, reused: outgoing.reusedSocket };
  };
  return { ...context, server, port, start, send };
}

const faultIn = (answer: { body: string }) => JSON.parse(answer.body).message;

describe("over a real connection", () => {
  it.each<[string, Record<string, string>, string[]]>([
    ["without a body", {}, []],
    ["with an empty body", { "Content-Length": "0" }, []],
    ["with a charset", { "Content-Type": "application/json; charset=UTF-8", "Content-Length": "2" }, ["{}"]],
    ["in chunks", { "Transfer-Encoding": "chunked" }, ["{", "}"]],
    ["without a content type", { "Content-Length": "2" }, ["{}"]],
  ])("a request is answered %s", async (_, headers, chunks) => {
    const { send } = await serve();
    const answer = await send({ headers: { ...acme, ...headers } }, ...chunks);
    expect([answer.status, JSON.parse(answer.body).token_type]).toEqual([200, "Bearer"]);
  });

  it.each([
    { "x-token": "acme-token", "x-host": "acme.com", "x-polyai-correlation-id": "id-1" },
    { "X-TOKEN": "acme-token", "X-HOST": "acme.com", "X-POLYAI-CORRELATION-ID": "id-1" },
  ])("headers have no case", async (headers) => {
    const { send } = await serve();
    const answer = await send({ headers });
    expect([answer.status, answer.headers["x-polyai-correlation-id"]]).toEqual([200, "id-1"]);
  });

  it("an error leaves the connection open for the next request", async () => {
    const { send } = await serve();
    const body = JSON.stringify({ filler: "x".repeat(1_000) });
    const refused = await send({ headers: { ...acme, "X-Token": "nobody" } }, body);
    expect([refused.status, faultIn(refused)]).toEqual([401, HTTP_ERRORS.unknownConnector.message]);
    const missing = await send({ path: "/nothing" }, body);
    expect([missing.status, missing.reused]).toEqual([404, true]);
    const granted = await send({ headers: acme }, "{}");
    expect([granted.status, granted.reused]).toEqual([200, true]);
  });

  it.each<[string, Record<string, string>]>([
    ["in chunks", { "Transfer-Encoding": "chunked" }],
    ["of a stated length", { "Content-Length": String(LIMITS.httpBodyBytes + 2) }],
  ])("a body above the limit is refused, and the next request answered: %s", async (_, headers) => {
    const { send } = await serve();
    const chunks = ["x".repeat(LIMITS.httpBodyBytes), "xx"];
    const refused = await send({ headers: { ...acme, ...headers } }, ...chunks);
    expect([refused.status, faultIn(refused)]).toEqual([413, HTTP_ERRORS.bodyTooLarge.message]);
    expect((await send({ headers: acme }, "{}")).status).toBe(200);
  });

  it("a body without an end is refused as soon as it is above the limit", async () => {
    const { start, server } = await serve();
    const outgoing = start({ method: "POST", path: "/api/v1/access-token", headers: acme });
    outgoing.on("error", () => {});
    const answered = once(outgoing, "response");
    const writeOn = () => void outgoing.write("x".repeat(16_384), (error) => error || writeOn());
    writeOn();
    const [incoming] = (await answered) as [IncomingMessage];
    expect(incoming.statusCode).toBe(413);
    outgoing.destroy();
    expect(server.listening).toBe(true);
  });

  it("a client that goes away in the middle of its body is no failure of the server's", async () => {
    const { server, start, send, logged } = await serve();
    for (const headers of [{ "Transfer-Encoding": "chunked" }, { "Content-Length": "100" }]) {
      const arrived = once(server, "request");
      const outgoing = start({
        method: "POST",
        path: "/api/v1/access-token",
        headers: { ...acme, ...headers },
      });
      outgoing.on("error", () => {});
      outgoing.write("{");
      const [incoming] = (await arrived) as [IncomingMessage];
      const closed = new Promise((resolve) => incoming.on("close", resolve));
      outgoing.destroy();
      await closed;
      expect((await send({ headers: acme })).status).toBe(200);
    }
    expect(logged.join()).not.toContain("failed");
  });

  it("the rate is that of the connection's address", async () => {
    const { send } = await serve();
    for (let i = 0; i < 60; i += 1) expect((await send({ headers: acme })).status).toBe(200);
    const refused = await send({ headers: acme });
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "1"]);
  });

  it("a Host that is none is the client's fault, told as every other", async () => {
    const { port } = await serve();
    const socket = connect(port, "127.0.0.1");
    socket.end("GET /health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/^x-polyai-correlation-id: [0-9a-f-]{36}\r$/im);
    expect(answer).toContain(HTTP_ERRORS.badRequest.message);
  });

  it("a preflight and a 204 have no body", async () => {
    const { send } = await serve();
    const headers = { Origin: "https://acme.com", "Access-Control-Request-Method": "POST" };
    const answer = await send({ method: "OPTIONS", headers });
    expect([answer.status, answer.body]).toEqual([204, ""]);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://acme.com");
  });

  it("a transcript of JSON lines comes whole", async () => {
    const { send, journal } = await serve();
    const { id } = newSession();
    await journal.create(newSession({ id }), events(1, 2_500), 0);
    const headers = { Authorization: `Bearer ${OPERATOR_KEY}`, Accept: "application/x-ndjson" };
    const answer = await send({ method: "GET", path: `/api/v1/sessions/${id}/events`, headers });
    expect(answer.headers["transfer-encoding"]).toBe("chunked");
    expect(answer.body.trimEnd().split("\n")).toHaveLength(2_500);
  });
});
