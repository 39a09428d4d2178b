import type { CloseCode } from "@parley/protocol";

/** One client's connection, as a session sees it. */
export interface Socket {
  /** Sends one text frame. What a closed socket is given is dropped. */
  send(text: string): void;
  /** Bytes that were sent and not yet taken by the network. */
  readonly buffered: number;
  /** Calls back once, when nothing is buffered any more; never after the socket has closed. */
  whenDrained(callback: () => void): void;
  /** Closes with a close frame, behind what was sent. */
  close(code: CloseCode): void;
}
