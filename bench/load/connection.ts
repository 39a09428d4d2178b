import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { clientFrame, FrameReader, OPCODE } from "./frames.ts";

/** What happens on a connection. Bytes are valid during the call only. */
export interface Listener {
  frame(bytes: Buffer, start: number, end: number): void;
  /** All frames that one read brought have been seen: the moment to write, once. */
  read?(): void;
  closed?(): void;
}

/** One for all: a read is dealt with before the next begins. */
const BUFFER = Buffer.allocUnsafeSlow(256 * 1024);
const PONG = clientFrame("", OPCODE.pong);
const HEAD_END = "\r\n\r\n";

/** A client's WebSocket, with no more than a load generator needs: nothing is checked, nothing is copied. */
export class Connection {
  /** Replaced at will; frames that nobody listens to are dropped. */
  listener: Listener = { frame() {} };
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #open = Promise.withResolvers<this>();
  #head: string | null = "";

  /**
   * @param path path and query of the upgrade
   * @returns once the upgrade is answered; rejects when it is refused
   */
  static open(host: string, port: number, path: string, listener: Listener): Promise<Connection> {
    return new Connection(host, port, path, listener).#open.promise;
  }

  private constructor(host: string, port: number, path: string, listener: Listener) {
    this.listener = listener;
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: { buffer: BUFFER, callback: (length) => this.#read(BUFFER.subarray(0, length)) },
    });
    this.#socket.on("error", (error) => this.#open.reject(error));
    this.#socket.on("close", () => {
      this.#open.reject(new Error(`the upgrade was not answered: ${this.#head}`));
      this.listener.closed?.();
    });
    const key = randomBytes(16).toString("base64");
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13${HEAD_END}`,
    );
  }

  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  /** Closes it without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): boolean {
    const rest = this.#head === null ? bytes : this.#readHead(bytes);
    if (rest !== null) {
      this.#frames.read(rest, this.#take);
      this.listener.read?.();
    }
    return true;
  }

  /** @returns what stands behind the answer to the upgrade, or null while that is not complete */
  #readHead(bytes: Buffer): Buffer | null {
    const head = this.#head + bytes.toString("latin1");
    const end = head.indexOf(HEAD_END);
    if (end === -1 || !head.startsWith("HTTP/1.1 101 ")) {
      this.#head = head;
      if (end !== -1) this.#socket.destroy();
      return null;
    }
    this.#head = null;
    this.#open.resolve(this);
    return Buffer.from(head.slice(end + HEAD_END.length), "latin1");
  }

  readonly #take = (opcode: number, bytes: Buffer, start: number, end: number): void => {
    if (opcode === OPCODE.text) this.listener.frame(bytes, start, end);
    else if (opcode === OPCODE.ping) this.#socket.write(PONG);
    else if (opcode === OPCODE.close) this.#socket.end();
  };
}
