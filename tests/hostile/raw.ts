import { connect, type Socket } from "node:net";
import { Changes } from "../../packages/server/src/testing/changes.ts";

/** A TCP connection with nothing in between: what is written is what the server reads. */
export class RawSocket {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  readonly #changes = new Changes(() => preview(this.received));
  /** Whether the server has closed its side, or reset the connection. */
  ended = false;
  /** Whether the end was a reset. */
  wasReset = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#changes.tell();
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      this.wasReset = code === "ECONNRESET" || code === "EPIPE";
    });
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.ended = true;
        this.#changes.tell();
      });
    }
  }

  /** Keeps its own side open when the server closes, as a client does that has gone half away. */
  static async open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const host = hostname === "localhost" ? "127.0.0.1" : hostname;
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    const raw = new RawSocket(socket);
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return raw;
  }

  /** Everything that has come so far. */
  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** Everything that has come and was not taken before. */
  take(): Buffer {
    const bytes = this.received;
    this.#chunks = [];
    return bytes;
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Writes, and waits until the network has taken it: a flood must not fill this process. */
  async pour(bytes: string | Uint8Array): Promise<void> {
    if (this.ended || this.socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off("close", done);
        resolve();
      };
      this.socket.once("close", done);
      this.socket.write(bytes, done);
    });
  }

  /** Waits until something is true of what came. */
  until(condition: () => boolean, what: string, patienceMs?: number): Promise<void> {
    return this.#changes.until(condition, what, patienceMs);
  }

  /** Waits until the server has closed. */
  end(patienceMs?: number): Promise<void> {
    return this.until(() => this.ended, "the end of the connection", patienceMs);
  }

  drop(): void {
    this.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.drop();
  }
}

const preview = (bytes: Buffer): string =>
  `${bytes.length} bytes ${JSON.stringify(bytes.subarray(-300).toString("latin1"))}`;

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/**
 * Reads the answers in a stream of bytes.
 * @returns those that are whole, and what is left behind them
 * @throws where the bytes are no HTTP answer
 */
export function readAnswers(bytes: Buffer): { answers: HttpAnswer[]; rest: Buffer } {
  const answers: HttpAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return { answers, rest };
    const [line = "", ...fields] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(line)?.[1];
    if (status === undefined) throw new Error(`no status line: ${JSON.stringify(line)}`);
    const headers = Object.fromEntries(
      fields.map((field) => {
        const [, name, value] = /^([!-9;-~]+): ?([\x20-\x7e]*)$/.exec(field) ?? [];
        if (name === undefined) throw new Error(`no header: ${JSON.stringify(field)}`);
        return [name.toLowerCase(), value ?? ""];
      }),
    );
    const start = end + 4;
    const read = readBody(rest.subarray(start), Number(status), headers);
    if (read === null) return { answers, rest };
    // 100 Continue stands before the answer itself.
    if (status !== "100") answers.push({ status: Number(status), headers, body: read.body });
    rest = rest.subarray(start + read.length);
    if (status === "101") return { answers, rest };
  }
}

function readBody(bytes: Buffer, status: number, headers: Record<string, string>) {
  if (status < 200 || status === 204 || status === 304) return { body: "", length: 0 };
  const stated = headers["content-length"];
  if (stated !== undefined) {
    const length = Number(stated);
    return bytes.length < length ? null : { body: bytes.subarray(0, length).toString(), length };
  }
  if (headers["transfer-encoding"] !== "chunked") throw new Error("an answer without a length");
  let at = 0;
  let body = "";
  for (;;) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    if (!Number.isInteger(size)) throw new Error("a chunk without a size");
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    body += bytes.subarray(line + 2, next - 2).toString();
    at = next;
    if (size === 0) return { body, length: at };
  }
}

/** Sends bytes and reads so many answers. */
export async function exchange(url: string, bytes: string | Uint8Array, count = 1): Promise<HttpAnswer[]> {
  using raw = await RawSocket.open(url);
  raw.write(bytes);
  await raw.until(() => raw.ended || readAnswers(raw.received).answers.length >= count, `${count} answers`);
  return readAnswers(raw.received).answers;
}

/** A request as text. A value that is an array is a header that is given several times. */
export function request(
  method: string,
  target: string,
  headers: Record<string, string | string[]> = {},
  body = "",
): string {
  const given = Object.entries({ Host: "localhost", ...headers });
  const lines = given.flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`));
  return `${[`${method} ${target} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n${body}`;
}
