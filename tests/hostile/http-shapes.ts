import { HTTP_ERRORS } from "@parley/protocol";
import { request } from "./raw.ts";

/** What a request of a shape that no client sends is answered. */
export interface Shape {
  what: string;
  bytes: string | Buffer;
  fault: { status: number; message: string };
}

const { badRequest, headersTooLarge, bodyTooLarge, notFound, wrongMethod, missingHeaders } = HTTP_ERRORS;
const wrong = (
  what: string,
  bytes: string | Buffer,
  fault: { status: number; message: string } = badRequest,
): Shape => ({ what, bytes, fault });

const PATH = "/api/v1/access-token";
const post = (headers: Record<string, string | string[]>, body = "") => request("POST", PATH, headers, body);
const chunked = { "Transfer-Encoding": "chunked" };

/** Two readers of these could disagree on where a request ends: each is refused, and the connection closed. */
export const SMUGGLING: Shape[] = [
  wrong("two lengths that differ", post({ "Content-Length": ["2", "3"] }, "{}")),
  wrong("two lengths that agree", post({ "Content-Length": ["2", "2"] }, "{}")),
  wrong("a list of lengths", post({ "Content-Length": "2, 2" }, "{}")),
  wrong("a length and chunks", post({ "Content-Length": "4", ...chunked }, "0\r\n\r\n")),
  wrong("chunks and a length", post({ ...chunked, "Content-Length": "4" }, "0\r\n\r\n")),
  wrong("a length with a sign", post({ "Content-Length": "+2" }, "{}")),
  wrong("a negative length", post({ "Content-Length": "-1" })),
  wrong("a length in hex", post({ "Content-Length": "0x2" }, "{}")),
  wrong("a length beyond all numbers", post({ "Content-Length": "9".repeat(40) }, "{}")),
  wrong("a coding that is not the last", post({ "Transfer-Encoding": "chunked, identity" }, "0\r\n\r\n")),
  wrong("a coding that is none", post({ "Transfer-Encoding": "xchunked" }, "0\r\n\r\n")),
  wrong("a coding behind a tab", post({ "Transfer-Encoding": "\vchunked" }, "0\r\n\r\n")),
  wrong("a blank before the colon", post({ "Content-Length ": "2" }, "{}")),
  wrong("a header that is folded", `POST ${PATH} HTTP/1.1\r\nHost: a\r\nX-Token: a\r\n b\r\n\r\n`),
  wrong("a line that ends with LF alone", `POST ${PATH} HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}`),
  wrong("a CR in a header", post({ "X-Token": "a\rX-Host: b" })),
  wrong("a NUL in a header", post({ "X-Token": "a\0b" })),
  wrong("a chunk without a size", post(chunked, "x\r\n\r\n")),
  wrong("a chunk of a negative size", post(chunked, "-1\r\n\r\n")),
  wrong("a chunk longer than it says", post(chunked, "1\r\nxyz\r\n0\r\n\r\n")),
  wrong("a chunk with a size beyond all numbers", post(chunked, `${"f".repeat(20)}\r\n\r\n`)),
];

export const MALFORMED: Shape[] = [
  wrong("no HTTP", "hello\r\n\r\n"),
  wrong("TLS", Buffer.from("16030100c8010000c40303", "hex")),
  wrong("another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  wrong("another version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
  wrong("a method that is none", "GOT / HTTP/1.1\r\nHost: a\r\n\r\n"),
  wrong("no host", "GET /health HTTP/1.1\r\n\r\n"),
  wrong("a host that is no name", request("GET", "/health", { Host: "a b" })),
  wrong("a host with a user", request("GET", "/health", { Host: "user@localhost" })),
  wrong("a host with a path", request("GET", "/health", { Host: "localhost/../x" })),
  wrong("two hosts", request("GET", "/health", { Host: ["localhost", "evil.example"] })),
  wrong("headers above 16 KB", request("GET", "/health", { "X-A": "a".repeat(20_000) }), headersTooLarge),
  wrong(
    "a thousand headers",
    request(
      "GET",
      "/health",
      Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`X-${i}`, "aaaaaaaaaaaa"])),
    ),
    headersTooLarge,
  ),
  wrong("a URL above 16 KB", request("GET", `/health?${"a".repeat(20_000)}`), headersTooLarge),
  wrong(
    "an extension of a chunk that does not end",
    post(chunked, `1;${"a".repeat(70_000)}\r\n`),
    bodyTooLarge,
  ),
];

/** Each is another way to write a path; none reaches what the path itself does not. */
export const PATHS: Shape[] = [
  ...["/api/v1/../v1/access-token", "/api/v1/%2e%2e/v1/access-token", "/api/v1/./access-token"].map((path) =>
    wrong(`${path}, which is the path itself`, request("POST", path), missingHeaders),
  ),
  ...[
    "//api/v1/access-token",
    "/api//v1/access-token",
    "/api/v1/access-token/",
    "/api/v1/access-token;a=b",
    "/api/v1/access-token%2f",
    "/api/v1/access-token%00",
    "/api/v1%2faccess-token",
    "/API/v1/access-token",
    "/api/v1/access-token%20",
    "/api/v1/%252e%252e/access-token",
    "/api/v1/access-token.json",
  ].map((path) => wrong(path, request("POST", path), notFound)),
  wrong("a backslash", request("POST", "/api\\v1\\access-token")),
  wrong("a path that is not UTF-8", request("POST", "/api/v1/%ff"), notFound),
  wrong("no slash", request("POST", "api/v1/access-token")),
  wrong("another scheme", request("GET", "file:///etc/passwd")),
  wrong("a file", request("GET", "/../../etc/passwd"), notFound),
  wrong("a page that is not served", request("GET", "/"), notFound),
  wrong("another method", request("PUT", PATH), wrongMethod),
  wrong("a trace", request("TRACE", PATH), wrongMethod),
];
