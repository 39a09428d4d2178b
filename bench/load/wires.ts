import { randomUUID } from "node:crypto";
import { CHUNKS_PATH } from "../servers/peer.ts";
import type { ServerName, Target } from "../servers/server.ts";
import { Connection, type Listener } from "./connection.ts";
import { clientFrame } from "./frames.ts";
import type { Place } from "./handshake.ts";

/**
 * What a client is there for.
 * - `echo`: what it says comes back, and nothing else happens.
 * - `chat`: an agent answers each message at once.
 * - `chunks`: pieces of answers come without end, where need be after a first message.
 * - `dictation`: the same, and each piece says when it was made; Parley alone.
 */
export type Role = "echo" | "chat" | "chunks" | "dictation";

/** How the clients of a server speak. */
export interface Wire {
  /** Opens a client, and leads it to where its role begins. Peers need no place. */
  enter(target: Target, role: Role, place: Place | undefined): Promise<Connection>;
  /** A message of about 100 characters. */
  message(role: Role): Buffer;
  /** Whether a frame brings back a message that was sent. */
  isEcho(bytes: Buffer, start: number, end: number): boolean;
  /** Ends the conversation, where there is such a thing. */
  readonly farewell: Buffer | null;
}

const TEXT =
  "I would like a table for four on Friday at eight, by the window if there is one, please. Is that so? Ok";
const MESSAGE = { type: "EVENT_TYPE_USER_MESSAGE", payload: { text: TEXT } };
const SERVER_IS_SILENT_MS = 20_000;

/** Opens a connection and hands each text to a function until that says that it is done. */
async function converse(
  { host, port }: Target,
  path: string,
  reply: (text: string, connection: Connection) => boolean,
): Promise<Connection> {
  const done = Promise.withResolvers<void>();
  const texts: string[] = [];
  let opened: Connection | undefined;
  let last = "nothing";
  const advance = () => {
    for (const text of opened === undefined ? [] : texts.splice(0)) {
      last = text;
      if (opened !== undefined && reply(text, opened)) done.resolve();
    }
  };
  const listener: Listener = {
    frame: (bytes, start, end) => {
      texts.push(bytes.toString("utf8", start, end));
      advance();
    },
    closed: () => done.reject(new Error(`the server closed after ${last}`)),
  };
  const timer = setTimeout(
    () => done.reject(new Error(`the server is silent after ${last}`)),
    SERVER_IS_SILENT_MS,
  );
  try {
    opened = await Connection.open(host, port, path, listener);
    advance();
    await done.promise;
    opened.listener = { frame() {} };
    return opened;
  } finally {
    clearTimeout(timer);
  }
}

const ws: Wire = {
  enter: ({ host, port }, role) =>
    Connection.open(host, port, role === "chunks" ? CHUNKS_PATH : "/", { frame() {} }),
  message: () => clientFrame(JSON.stringify(MESSAGE)),
  isEcho: () => true,
  farewell: null,
};

const FOUR = 0x34;
const TWO = 0x32;

const socketio: Wire = {
  enter(target, role) {
    const space = role === "chunks" ? `${CHUNKS_PATH},` : "";
    return converse(target, "/socket.io/?EIO=4&transport=websocket", (text, connection) => {
      if (text.startsWith("0")) connection.write(clientFrame(`40${space}`));
      return text.startsWith("40");
    });
  },
  message: () => clientFrame(`42${JSON.stringify(["message", MESSAGE])}`),
  isEcho: (bytes, start) => bytes[start] === FOUR && bytes[start + 1] === TWO,
  farewell: null,
};

const JOIN = clientFrame(JSON.stringify({ type: "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN", payload: {} }));
/** Of `null` in `{"id":"<36>","sequence":null`: what is in the journal has a number there. */
const SEQUENCE_AT = 56;
const NULL = 0x6e;

/** The event behind which a client's role begins. */
const BEGIN: Record<Role, string> = {
  // The turn that never ends has begun: from here on messages are journaled and echoed.
  echo: "EVENT_TYPE_POLY_AGENT_THINKING",
  chat: '"is_complete":true',
  chunks: '"is_complete":true',
  dictation: '"is_complete":true',
};

const parley: Wire = {
  async enter(target, role, place) {
    if (place === undefined) throw new Error("a client of Parley needs a session");
    let joined = false;
    const query = new URLSearchParams({ session_id: place.session, access_token: place.accessToken });
    return converse(target, `/ws?${query}`, (text, connection) => {
      if (!joined) connection.write(JOIN);
      joined = true;
      return text.includes(BEGIN[role]);
    });
  },
  message: () => clientFrame(JSON.stringify(MESSAGE)),
  isEcho: (bytes, start) => bytes[start + SEQUENCE_AT] !== NULL,
  farewell: clientFrame(JSON.stringify({ type: "EVENT_TYPE_USER_END_SESSION", payload: {} })),
};

export const WIRES: Record<ServerName, Wire> = { ws, socketio, parley };

/** The key by which shipped clients name a message: its own for each. */
export const keyedMessage = (): Buffer =>
  clientFrame(JSON.stringify({ ...MESSAGE, metadata: { custom: { local_id: randomUUID() } } }));
