import { randomBytes } from "node:crypto";
import http, { type IncomingHttpHeaders } from "node:http";
import net from "node:net";
import tls from "node:tls";
import { Failure } from "../failure.ts";
import { ANSWER_MS, parseJson, readText } from "./http.ts";

/** What became of a WebSocket upgrade, as HTTP. */
export interface Handshake {
  status: number;
  headers: IncomingHttpHeaders;
  /** The body of a refusal; empty after a 101. */
  text: string;
  json: unknown;
  /** From the last byte of the request to the head of the answer. */
  ms: number;
  /** Drops the connection. */
  drop(): void;
}

/**
 * Asks for an upgrade and looks at the answer alone, which WebSocket clients hide.
 * @param path with its query
 * @throws Failure where the connection is reset or silent
 */
export async function handshake(
  base: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Handshake> {
  const url = new URL(path, base);
  // Connected beforehand, so that the time that is measured is the server's.
  const connection = await connect(url);
  return new Promise((resolve, reject) => {
    const request = http.request(url.href.replace(/^https:/, "http:"), {
      createConnection: () => connection,
      headers: {
        Host: url.host,
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
        ...headers,
      },
    });
    const deadline = setTimeout(
      () => connection.destroy(new Error(`nothing within ${ANSWER_MS} ms`)),
      ANSWER_MS,
    );
    connection.on("close", () => clearTimeout(deadline));
    const drop = () => connection.destroy();
    request.on("error", (error) => reject(new Failure("an answer to the upgrade", error.message)));
    request.on("upgrade", (response) => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, text: "", json: undefined, ms: performance.now() - started, drop });
    });
    request.on("response", async (response) => {
      const ms = performance.now() - started;
      try {
        const text = await readText(response);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text, json: parseJson(text), ms, drop });
      } catch (error) {
        reject(new Failure("a whole answer to the upgrade", String(error)));
      }
    });
    const started = performance.now();
    request.end();
  });
}

function connect(url: URL): Promise<net.Socket> {
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (secure ? 443 : 80));
  return new Promise((resolve, reject) => {
    const socket = secure ? tls.connect({ host, port, servername: host }) : net.connect({ host, port });
    socket.setNoDelay(true);
    socket.once(secure ? "secureConnect" : "connect", () => resolve(socket));
    socket.once("error", (error) => reject(new Failure(`a connection to ${url.host}`, error.message)));
  });
}
