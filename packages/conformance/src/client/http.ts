import http, { type IncomingHttpHeaders } from "node:http";
import https from "node:https";
import { Failure } from "../failure.ts";

export interface HttpRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** Sent as it is. */
  body?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON; undefined where it is none. */
  json: unknown;
  /** From the request to the whole answer. */
  ms: number;
}

/** Clients give up on an answer after so long [protocol section 1]. */
export const ANSWER_MS = 10_000;

const agents = {
  "http:": new http.Agent({ keepAlive: true }),
  "https:": new https.Agent({ keepAlive: true }),
};

/** Sends one request as it is, and follows no redirect. @throws Failure where no answer comes */
export function exchange(base: string, { method, path, headers, body }: HttpRequest): Promise<Answer> {
  const url = new URL(path, base);
  const secure = url.protocol === "https:";
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(url, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-length": Buffer.byteLength(body) }) },
      agent: secure ? agents["https:"] : agents["http:"],
    });
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      request.destroy();
      reject(new Failure(`an answer to ${method} ${path} within ${ANSWER_MS} ms`, "none"));
    }, ANSWER_MS);
    request.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      // A kept connection may be closed by the server in the moment in which it is used again: as any client, once more.
      if (request.reusedSocket && error.code === "ECONNRESET" && !isLate) {
        resolve(
          exchange(base, { method, path, ...(headers && { headers }), ...(body !== undefined && { body }) }),
        );
        return;
      }
      reject(new Failure(`an answer to ${method} ${path}`, reasonOf(error)));
    });
    request.on("response", async (response) => {
      try {
        const text = await readText(response);
        clearTimeout(deadline);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text, json: parseJson(text), ms: performance.now() - started });
      } catch (error) {
        clearTimeout(deadline);
        reject(new Failure(`a whole answer to ${method} ${path}`, String(error)));
      }
    });
    request.end(body);
  });
}

/** Why a connection failed; a name with several addresses has an error for each, and no message of its own. */
const reasonOf = (error: NodeJS.ErrnoException): string => error.message || (error.code ?? error.name);

/** Reads a stream to its end as UTF-8. */
export async function readText(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** @returns undefined for what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
