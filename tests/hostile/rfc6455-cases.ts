import { CLOSE, LIMITS } from "@parley/protocol";
import { closing, frame, OPCODE } from "./frames.ts";

/** The cases of the Autobahn test suite by its own numbers, written out for a server that does not echo. */
export interface Case {
  id: string;
  what: string;
  /** Each piece is a write of its own. */
  send: Uint8Array[];
  /** What comes of it: the connection stays, or is closed with this code. */
  ends: "open" | number;
  /** The payloads of the pongs, in their order. */
  pongs?: (string | Uint8Array)[];
}

type Row = [
  id: string,
  what: string,
  send: Uint8Array | Uint8Array[],
  ends: Case["ends"],
  pongs?: Case["pongs"],
];

const list = (...cases: Row[]): Case[] =>
  cases.map(([id, what, send, ends, pongs]) => ({
    id,
    what,
    send: [send].flat(),
    ends,
    ...(pongs !== undefined && { pongs }),
  }));

const { text, binary, continuation, close, ping, pong } = OPCODE;
const { protocolError, invalidText, tooLarge } = CLOSE;
const of = (opcode: number, payload: string | Uint8Array = "", fin = true) => frame({ opcode, payload, fin });
const say = (payload: string | Uint8Array) => of(text, payload);
const octets = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));
const chopped = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
/** One message in fragments of so many bytes. */
const fragments = (opcode: number, payload: Uint8Array, size: number): Buffer[] =>
  chopped(payload, size).map((part, i, all) =>
    frame({ opcode: i === 0 ? opcode : continuation, payload: part, fin: i === all.length - 1 }),
  );

const lengths = [0, 125, 126, 127, 128, 65_535, 65_536];
const framing = [text, binary].flatMap((opcode, i) =>
  list(
    ...lengths.map((length, j): Row => {
      return [`1.${i + 1}.${j + 1}`, `${length} bytes`, of(opcode, "*".repeat(length)), "open"];
    }),
    [`1.${i + 1}.8`, "65536 bytes in 997", chopped(of(opcode, "*".repeat(65_536)), 997), "open"],
  ),
);

const binaryPayload = bytesOf("00 ff fe fd fc fb 00 ff");
const tenPings = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
const pings = list(
  ["2.1", "a ping without payload", of(ping), "open", [""]],
  ["2.2", "a ping with text", of(ping, "Hello, world!"), "open", ["Hello, world!"]],
  ["2.3", "a ping with what is no text", of(ping, binaryPayload), "open", [binaryPayload]],
  ["2.4", "a ping of 125 bytes", of(ping, "x".repeat(125)), "open", ["x".repeat(125)]],
  ["2.5", "a ping of 126 bytes", of(ping, "x".repeat(126)), protocolError, []],
  ["2.6", "a ping of 125 bytes, by octets", octets(of(ping, "x".repeat(125))), "open", ["x".repeat(125)]],
  ["2.7", "a pong that nobody asked for", of(pong), "open", []],
  ["2.8", "the same with a payload", of(pong, "unsolicited"), "open", []],
  ["2.9", "the same, then a ping", [of(pong, "unsolicited"), of(ping, "asked")], "open", ["asked"]],
  ["2.10", "ten pings", Buffer.concat(tenPings.map((payload) => of(ping, payload))), "open", tenPings],
  [
    "2.11",
    "ten pings, by octets",
    octets(Buffer.concat(tenPings.map((payload) => of(ping, payload)))),
    "open",
    tenPings,
  ],
);

const rsv = (bits: number, opcode: number) => frame({ opcode, rsv: bits, payload: "x" });
const reserved = list(
  ["3.1", "RSV 1 on a text", rsv(1, text), protocolError],
  [
    "3.2",
    "a text, one with RSV 2, a ping",
    Buffer.concat([say("a"), rsv(2, text), of(ping)]),
    protocolError,
    [],
  ],
  ["3.3", "the same in three writes", [say("a"), rsv(3, text), of(ping)], protocolError, []],
  ["3.4", "RSV 4, by octets", octets(Buffer.concat([say("a"), rsv(4, text), of(ping)])), protocolError, []],
  ["3.5", "RSV 5 on a binary", rsv(5, binary), protocolError],
  ["3.6", "RSV 6 on a ping", rsv(6, ping), protocolError, []],
  ["3.7", "RSV 7 on a close", rsv(7, close), protocolError],
);

const opcodes = [
  [3, 4, 5, 6, 7],
  [11, 12, 13, 14, 15],
].flatMap((codes, i) =>
  list(
    ...codes.map((opcode, j): Row => {
      const before = j < 2 ? [] : [say("a")];
      const bytes = Buffer.concat([...before, of(opcode, j % 2 === 0 ? "" : "x"), of(ping)]);
      return [`4.${i + 1}.${j + 1}`, `opcode ${opcode}`, j === 4 ? octets(bytes) : bytes, protocolError, []];
    }),
  ),
);

const [one, two] = [of(text, "fragment1", false), of(continuation, "fragment2")];
const orphan = of(continuation, "nothing to go on with");
const orphanOpen = of(continuation, "nothing to go on with", false);
const five = ["1", "2", "3", "4", "5"].map((part, i) => of(i === 0 ? text : continuation, part, i === 4));
const withPings = five.flatMap((part, i) => (i === 2 || i === 3 ? [of(ping, `p${i}`), part] : [part]));
const fragmentation = list(
  ["5.1", "a ping in two fragments", [of(ping, "a", false), of(continuation, "b")], protocolError, []],
  ["5.2", "a pong in two fragments", [of(pong, "a", false), of(continuation, "b")], protocolError],
  ["5.3", "a text in two fragments", Buffer.concat([one, two]), "open"],
  ["5.4", "the same in two writes", [one, two], "open"],
  ["5.5", "the same by octets", octets(Buffer.concat([one, two])), "open"],
  ["5.6", "a ping between", Buffer.concat([one, of(ping, "p"), two]), "open", ["p"]],
  ["5.7", "the same in three writes", [one, of(ping, "p"), two], "open", ["p"]],
  ["5.8", "the same by octets", octets(Buffer.concat([one, of(ping, "p"), two])), "open", ["p"]],
  ["5.9", "a last continuation of nothing", Buffer.concat([orphan, say("x")]), protocolError],
  ["5.10", "the same in two writes", [orphan, say("x")], protocolError],
  ["5.11", "the same by octets", octets(Buffer.concat([orphan, say("x")])), protocolError],
  ["5.12", "a continuation of nothing", Buffer.concat([orphanOpen, say("x")]), protocolError],
  ["5.13", "the same in two writes", [orphanOpen, say("x")], protocolError],
  ["5.14", "the same by octets", octets(Buffer.concat([orphanOpen, say("x")])), protocolError],
  ["5.15", "a continuation behind the last", [one, two, orphanOpen, say("x")], protocolError],
  ["5.16", "continuations of nothing, twice", [orphanOpen, one, two, orphanOpen, one, two], protocolError],
  ["5.17", "last continuations of nothing, twice", [orphan, one, two, orphan, one, two], protocolError],
  ["5.18", "a text inside a text", [one, of(text, "fragment2")], protocolError],
  ["5.19", "five fragments with pings between", Buffer.concat(withPings), "open", ["p2", "p3"]],
  ["5.20", "the same frame by frame", withPings, "open", ["p2", "p3"]],
);

const greek = bytesOf("ce ba e1 bd b9 cf 83 ce bc ce b5");
const broken = Buffer.concat([greek, bytesOf("ed a0 80"), Buffer.from("edited")]);
const mixed = Buffer.from("Hello-µ@ßöäüàá-UTF-8!!");
/** What each group of the suite tries; the number is the group's, the case's follows from the place. */
const valid: Record<string, string[]> = {
  "6.5": ["ce ba e1 bd b9 cf 83 ce bc ce b5"],
  "6.7": ["00", "c2 80", "e0 a0 80", "f0 90 80 80"],
  "6.9": ["7f", "df bf", "ef bf bf", "f4 8f bf bf"],
  "6.11": ["ed 9f bf", "ee 80 80", "ef bf bd", "f4 8f bf bf"],
  "6.22": ["ef b7 90", "ef bf be", "ef bf bf", "f0 9f bf be", "f0 9f bf bf", "f4 8f bf be", "f4 8f bf bf"],
};
const invalid: Record<string, string[]> = {
  "6.3": [broken.toString("hex")],
  "6.6": ["ce", "ce ba e1", "ce ba e1 bd", "ce ba e1 bd b9 cf", "ce ba e1 bd b9 cf 83 ce bc ce"],
  "6.8": ["f8 88 80 80 80", "fc 84 80 80 80 80"],
  "6.10": ["f7 bf bf bf", "fb bf bf bf bf", "fd bf bf bf bf bf"],
  "6.12": ["80", "bf", "80 bf", "80 bf 80", "80 bf 80 bf", "80 bf 80 bf 80", "80 bf 80 bf 80 bf"],
  "6.13": ["c0 20 c1 20 df 20", "e0 20 ef 20", "f0 20 f7 20", "f8 20 fb 20", "fc 20 fd 20"],
  "6.14": ["c0", "e0 80", "f0 80 80", "f8 80 80 80", "fc 80 80 80 80", "df", "ef bf", "f7 bf bf"],
  "6.15": ["c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80 df ef bf f7 bf bf fb bf bf bf fd bf bf bf bf"],
  "6.16": ["fe", "ff", "fe fe ff ff"],
  "6.17": ["c0 af", "e0 80 af", "f0 80 80 af", "f8 80 80 80 af", "fc 80 80 80 80 af"],
  "6.18": ["c1 bf", "e0 9f bf", "f0 8f bf bf", "f8 87 bf bf bf", "fc 83 bf bf bf bf"],
  "6.19": ["c0 80", "e0 80 80", "f0 80 80 80", "f8 80 80 80 80", "fc 80 80 80 80 80"],
  "6.20": ["ed a0 80", "ed ad bf", "ed ae 80", "ed af bf", "ed b0 80", "ed be 80", "ed bf bf"],
  "6.21": ["ed a0 80 ed b0 80", "ed ad bf ed bf bf", "ed ae 80 ed b0 80", "ed af bf ed bf bf"],
};
const spelled = (groups: Record<string, string[]>, ends: Case["ends"]) =>
  Object.entries(groups).flatMap(([group, texts]) =>
    list(...texts.map((hex, i): Row => [`${group}.${i + 1}`, hex.slice(0, 30), say(bytesOf(hex)), ends])),
  );
const utf8 = [
  ...list(
    ["6.1.1", "an empty text", say(""), "open"],
    ["6.1.2", "three empty fragments", fragments3("", "", ""), "open"],
    ["6.1.3", "an empty fragment on each side", fragments3("", "middle", ""), "open"],
    ["6.2.1", "UTF-8 in one fragment", say(mixed), "open"],
    ["6.2.2", "UTF-8 cut between characters", fragments(text, mixed, 6), "open"],
    ["6.2.3", "UTF-8 by octets", fragments(text, mixed, 1), "open"],
    ["6.2.4", "Greek by octets", fragments(text, greek, 1), "open"],
    ["6.3.2", "invalid UTF-8 by octets", fragments(text, broken, 1), invalidText],
    ["6.4.1", "invalid UTF-8 in the second fragment", fragments(text, broken, 11), invalidText],
    ["6.4.2", "the same cut inside a character", fragments(text, broken, 12), invalidText],
  ),
  ...spelled(valid, "open"),
  ...spelled(invalid, invalidText),
];

function fragments3(first: string, second: string, third: string): Buffer[] {
  return [of(text, first, false), of(continuation, second, false), of(continuation, third)];
}

const normal = of(close, closing(1000));
const codes = (group: string, all: number[], ends: (code: number) => number) =>
  all.flatMap((code, i) =>
    list([`${group}.${i + 1}`, `close code ${code}`, of(close, closing(code)), ends(code)]),
  );
const closes = [
  ...list(
    ["7.1.1", "a message, then a close", [say("a"), normal], 1000],
    ["7.1.2", "two closes", [normal, normal], 1000],
    ["7.1.3", "a ping behind the close", [normal, of(ping)], 1000, []],
    ["7.1.4", "a message behind the close", [normal, say("a")], 1000],
    ["7.1.5", "a close inside a message", [one, normal, two], 1000],
    ["7.1.6", "256 KB, a close, a ping", [say("*".repeat(262_144)), normal, of(ping)], 1000, []],
    ["7.3.1", "a close without a code", of(close), 1005],
    ["7.3.2", "a close with half a code", of(close, "x"), protocolError],
    ["7.3.3", "a close with a code", normal, 1000],
    ["7.3.4", "a close with a reason", of(close, closing(1000, "Hello, world!")), 1000],
    ["7.3.5", "a close with the longest reason", of(close, closing(1000, "x".repeat(123))), 1000],
    ["7.3.6", "a close with a longer one", of(close, closing(1000, "x".repeat(124))), protocolError],
    ["7.5.1", "a close with a reason that is not UTF-8", of(close, closing(1000, broken)), invalidText],
  ),
  ...codes(
    "7.7",
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999],
    (code) => code,
  ),
  ...codes("7.9", [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535], () => protocolError),
];

const whole = Buffer.alloc(LIMITS.frameBytes, "*");
const limits = [
  ...[text, binary].flatMap((opcode, i) =>
    list(
      [`9.${i + 1}.1`, "64 KB", of(opcode, whole.subarray(0, 65_536)), "open"],
      [`9.${i + 1}.2`, "256 KB", of(opcode, whole.subarray(0, 262_144)), "open"],
      [`9.${i + 1}.3`, "the largest frame", of(opcode, whole), "open"],
      [`9.${i + 1}.4`, "a byte more", of(opcode, Buffer.concat([whole, Buffer.from("*")])), tooLarge],
      [`9.${i + 3}.1`, "the largest in fragments of 64", fragments(opcode, whole, 64), "open"],
      [`9.${i + 3}.2`, "of 1024", fragments(opcode, whole, 1_024), "open"],
      [`9.${i + 3}.3`, "of 65536", fragments(opcode, whole, 65_536), "open"],
      [`9.${i + 5}.1`, "64 KB in writes of 64", chopped(of(opcode, whole.subarray(0, 65_536)), 64), "open"],
      [`9.${i + 5}.2`, "1 MB in writes of 1024", chopped(of(opcode, whole), 1_024), "open"],
    ),
  ),
  ...list(["9.7.1", "a length that is a lie", frame({ length: 2 ** 40, lengthBytes: 8 }), tooLarge]),
];

const rest = list(
  ["10.1.1", "64 KB in fragments of 1300", fragments(text, whole.subarray(0, 65_536), 1_300), "open"],
  ["RFC 5.1", "a frame without a mask", frame({ masked: false, payload: "x" }), protocolError],
  [
    "RFC 5.2",
    "a length of eight bytes with its highest bit",
    Buffer.from("81ffffffffffffffffff00000000", "hex"),
    tooLarge,
  ],
);

export const CASES: Case[] = [
  ...framing,
  ...pings,
  ...reserved,
  ...opcodes,
  ...fragmentation,
  ...utf8,
  ...closes,
  ...limits,
  ...rest,
];
