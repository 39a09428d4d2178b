import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { describe, expect, it } from "vitest";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { Endpoint } from "./endpoint.ts";

const cleanUp = useCleanUp();

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  cleanUp().defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return await listening(server);
}

const clock = new ManualClock();
const endpointAt = (url: string) =>
  new Endpoint({ url, secrets: [Buffer.alloc(32)], timeoutMs: 15_000, userAgent: "Parley/test", clock });
const never = new AbortController().signal;
const post = (url: string) => endpointAt(url).post("id", "{}", never);

describe("a delivery", () => {
  it.each([200, 201, 202, 204, 299])("has arrived with a %i", async (status) => {
    const url = await answering((_, response) => response.writeHead(status).end());
    expect(await post(url)).toEqual({ isDelivered: true });
  });

  it.each([301, 302, 307, 400, 401, 404, 409, 429, 500, 503])("has not arrived with a %i", async (status) => {
    const paths: (string | undefined)[] = [];
    const url = await answering((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { Location: "/elsewhere" }).end("a secret of somebody's");
    });
    expect(await post(url)).toEqual({ isDelivered: false, why: `the answer was ${status}`, isGone: false });
    expect(paths).toEqual(["/hook"]);
  });

  it("is not wanted any more with a 410, and later with Retry-After", async () => {
    const gone = await answering((_, response) => response.writeHead(410).end());
    expect(await post(gone)).toMatchObject({ isDelivered: false, isGone: true });
    const later = await answering((_, response) => response.writeHead(503, { "Retry-After": "7" }).end());
    expect(await post(later)).toMatchObject({ isDelivered: false, retryAfterMs: 7_000 });
  });

  it("has arrived whatever comes behind the head: without an end, or broken off", async () => {
    const cut = Promise.withResolvers<void>();
    const endless = await answering((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.writable && response.write("x".repeat(65_536)));
      };
      response.on("drain", more).on("close", cut.resolve);
      more();
    });
    expect(await post(endless)).toEqual({ isDelivered: true });
    await cut.promise;
    const broken = await answering((_, response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("x", () => response.destroy());
    });
    expect(await post(broken)).toEqual({ isDelivered: true });
  });

  it.each<[string, (url: string) => string, RegExp]>([
    ["a name that there is not", () => "http://nowhere.invalid/", /^(ENOTFOUND|EAI_AGAIN)$/],
    ["TLS where there is none", (url) => url.replace("http:", "https:"), /^ERR_SSL_/],
  ])("has not arrived at %s, which the log can say", async (_, urlOf, why) => {
    const url = await answering((_request, response) => response.end());
    const attempt = await post(urlOf(url));
    expect(attempt).toMatchObject({ isDelivered: false, isGone: false });
    expect("why" in attempt && attempt.why).toMatch(why);
  });

  it("has not arrived where nobody listens", async () => {
    const tcp = createTcpServer();
    const url = await listening(tcp);
    await new Promise((resolve) => tcp.close(resolve));
    expect(await post(url)).toEqual({ isDelivered: false, why: "ECONNREFUSED", isGone: false });
  });

  it("has not arrived at what speaks something else", async () => {
    const tcp = createTcpServer((socket) => socket.on("error", () => {}).end("SSH-2.0-nothing\r\n"));
    cleanUp().defer(() => void tcp.close());
    expect(await post(await listening(tcp))).toMatchObject({
      isDelivered: false,
      why: "HTTPParserError",
    });
  });

  it("has not arrived where there is no answer in time, and is broken off where the server stops", async () => {
    const asked = Promise.withResolvers<void>();
    const url = await answering(() => asked.resolve());
    const late = post(url);
    await asked.promise;
    clock.advance(15_000);
    expect(await late).toMatchObject({ isDelivered: false, why: "no answer within 15 s" });
    const stop = new AbortController();
    const stopped = endpointAt(url).post("id", "{}", stop.signal);
    stop.abort();
    expect(await stopped).toMatchObject({ isDelivered: false, why: "AbortError" });
    expect(clock.size).toBe(0);
  });
});
