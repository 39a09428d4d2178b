import { EVENT, LIMITS } from "@parley/protocol";
import fc from "fast-check";
import { Random } from "../chaos/random.ts";
import { closing, frame, OPCODE, type Place, upgradeRequest } from "./frames.ts";
import { request } from "./raw.ts";

/** What one connection sends. */
export interface FuzzCase {
  surface: "frames" | "http";
  /** Each is a write of its own. */
  writes: Buffer[];
}

/** How a case's bytes are spoiled: places are shares of the whole, so that they fit any length. */
type Mutation = { at: number } & (
  | { kind: "flip"; bit: number }
  | { kind: "set"; byte: number }
  | { kind: "cut"; share: number }
  | { kind: "repeat"; share: number; times: number }
  | { kind: "insert"; bytes: Uint8Array }
);

/** Bytes that mean something to a parser. */
const TELLING = [
  "\r\n",
  "\n",
  "\r\n\r\n",
  ":",
  ",",
  ";",
  " ",
  "\0",
  "\t",
  "%",
  "..",
  "\xff",
  "\x80",
  "{",
  "[",
  '"',
  "\\u",
];

const share = fc.double({ min: 0, max: 1, noNaN: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: share, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({
    kind: fc.constant("set" as const),
    at: share,
    byte: fc.constantFrom(0, 1, 10, 13, 32, 127, 128, 254, 255),
  }),
  fc.record({
    kind: fc.constant("cut" as const),
    at: share,
    share: fc.double({ min: 0, max: 0.3, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant("repeat" as const),
    at: share,
    share: fc.double({ min: 0, max: 0.1, noNaN: true }),
    times: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: share,
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom(...TELLING).map((text) => Buffer.from(text, "latin1")),
    ),
  }),
);

function mutate(bytes: Buffer, how: Mutation): Buffer {
  const at = Math.min(bytes.length, Math.floor(how.at * bytes.length));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (how.kind) {
    case "flip": {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << how.bit);
      return changed;
    }
    case "set": {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = how.byte;
      return changed;
    }
    case "cut":
      return Buffer.concat([head, tail.subarray(Math.floor(how.share * tail.length))]);
    case "repeat": {
      const part = tail.subarray(0, Math.floor(how.share * tail.length));
      return Buffer.concat([head, ...Array<Buffer>(how.times).fill(part), tail]);
    }
    case "insert":
      return Buffer.concat([head, how.bytes, tail]);
  }
}

/** Some stay as the grammar made them; the others are spoiled in one place or a few. */
const mutations = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Mutation[]>([]) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 6 }) },
);
/** Where the bytes are cut into writes. */
const cuts = fc.array(share, { maxLength: 5 });

function inWrites(bytes: Buffer, at: number[]): Buffer[] {
  const places = [0, ...at.map((one) => Math.floor(one * bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const nested = fc
  .tuple(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom("[", '{"a":', '{"__proto__":'), fc.boolean())
  .map(([depth, open, isClosed]) => {
    const close = open === "[" ? "]" : "}";
    return `${open.repeat(depth)}${isClosed ? `1${close.repeat(depth)}` : ""}`;
  });
const json = fc.oneof(
  { weight: 4, arbitrary: fc.json({ maxDepth: 5 }) },
  { weight: 1, arbitrary: nested },
  {
    weight: 2,
    arbitrary: fc.constantFrom("null", "1e999", "-0", '""', "{}", "[]", '{"__proto__":null}', '"\\ud800"'),
  },
);
const type = fc.oneof(
  // The end of the session is only one of many things that may happen in it.
  { weight: 9, arbitrary: fc.constantFrom(EVENT.HEARTBEAT, EVENT.USER_MESSAGE, EVENT.USER_TYPING) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.values(EVENT)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const payload = fc.oneof(
  json,
  fc.string({ unit: "binary" }).map((text) => JSON.stringify({ text })),
  fc.constantFrom('{"state":"TYPING_STATE_STARTED"}', `{"text":"${"x".repeat(LIMITS.messageBytes + 1)}"}`),
);
const custom = fc.oneof(
  json,
  fc
    .record({ local_id: fc.oneof(fc.constantFrom("a", "b", ""), fc.string(), fc.integer()) })
    .map((value) => JSON.stringify(value)),
);
const eventText = fc.tuple(type, fc.option(payload), fc.option(custom)).map(([name, body, own]) => {
  const parts = [`"type":${JSON.stringify(name)}`];
  if (body !== null) parts.push(`"payload":${body}`);
  if (own !== null) parts.push(`"metadata":{"custom":${own}}`);
  return `{${parts.join(",")}}`;
});

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
const textFrame = fc
  .tuple(fc.oneof(eventText, json), mask, fc.integer({ min: 1, max: 5 }))
  .map(([text, key, pieces]) => {
    const bytes = Buffer.from(text);
    const size = Math.ceil(bytes.length / pieces);
    return Buffer.concat(
      Array.from({ length: pieces }, (_, i) => {
        const part = bytes.subarray(i * size, (i + 1) * size);
        const opcode = i === 0 ? OPCODE.text : OPCODE.continuation;
        return frame({ opcode, payload: part, mask: key, fin: i === pieces - 1 });
      }),
    );
  });
const controlFrame = fc
  .tuple(fc.constantFrom(OPCODE.ping, OPCODE.pong), fc.uint8Array({ maxLength: 125 }), mask)
  .map(([opcode, body, key]) => frame({ opcode, payload: body, mask: key }));
const closeFrame = fc
  .tuple(fc.constantFrom(0, 999, 1000, 1001, 1005, 1008, 1013, 2999, 3000, 4001, 4999, 5000), fc.string())
  .map(([code, reason]) => frame({ opcode: OPCODE.close, payload: closing(code, reason) }));
const anyFrame = fc
  .record({
    opcode: fc.integer({ min: 0, max: 15 }),
    fin: fc.boolean(),
    rsv: fc.constantFrom(0, 0, 0, 1, 2, 4, 7),
    masked: fc.constantFrom(true, true, true, false),
    payload: fc.uint8Array({ maxLength: 200 }),
    lengthBytes: fc.constantFrom(2 as const, 8 as const),
    length: fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.constantFrom(65_535, LIMITS.frameBytes + 1, 2 ** 40),
    ),
  })
  .map(({ length, lengthBytes, ...shape }) =>
    frame({ ...shape, lengthBytes, length: lengthBytes === 2 ? Math.min(length, 65_535) : length }),
  );

const frames: fc.Arbitrary<FuzzCase> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: textFrame },
        { weight: 2, arbitrary: controlFrame },
        { weight: 2, arbitrary: anyFrame },
        { weight: 1, arbitrary: closeFrame },
      ),
      { minLength: 1, maxLength: 12 },
    ),
    mutations,
    cuts,
  )
  .map(([all, changes, at]) => ({
    surface: "frames",
    writes: inWrites(changes.reduce(mutate, Buffer.concat(all)), at),
  }));

/** Bytes that can stand in a header at all. */
const headerText = fc.stringMatching(/^[\x20-\x7e]{0,40}$/);
const PATHS = [
  "/health",
  "/",
  "/ws",
  "/api/v1/access-token",
  "/api/v1/sessions",
  "/api/v1/sessions?limit=1",
  "/api/v1/sessions/SESSION/context",
  "/api/v1/sessions/SESSION/events?format=jsonl",
  "/ws?session_id=SESSION&access_token=TOKEN",
  "/ws?session_id=SESSION&access_token=x",
];

/** @param place whose words stand in for `SESSION` and `TOKEN` */
const http = (place: Place, connectorToken: string): fc.Arbitrary<FuzzCase> => {
  const fill = (text: string) => text.replace("SESSION", place.sessionId).replace("TOKEN", place.accessToken);
  const header = fc.oneof(
    fc.constantFrom<[string, string]>(
      ["Authorization", `Bearer ${place.accessToken}`],
      ["X-Token", connectorToken],
      ["X-Host", "localhost"],
      ["Origin", "http://localhost:3000"],
      ["Origin", "null"],
      ["Content-Type", "application/json; charset=UTF-8"],
      ["Transfer-Encoding", "chunked"],
      ["Expect", "100-continue"],
      ["Connection", "close"],
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
      ["Upgrade", "h2c"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version", "13"],
      ["X-PolyAI-Correlation-Id", "an-id"],
      ["X-Resume", `${place.sessionId}.x`],
    ),
    fc.tuple(
      fc.constantFrom(
        "Authorization",
        "X-Token",
        "X-Host",
        "Origin",
        "Host",
        "Content-Length",
        "Accept",
        "X-PolyAI-Correlation-Id",
        "X-A",
      ),
      headerText,
    ),
  );
  const target = fc.oneof(
    fc.constantFrom(...PATHS.map(fill)),
    fc.webPath(),
    headerText.map((text) => `/${text.replaceAll(" ", "+")}`),
  );
  const method = fc.constantFrom("GET", "POST", "POST", "OPTIONS", "PUT", "DELETE", "PATCH");
  const plain = fc
    .tuple(method, target, fc.array(header, { maxLength: 8 }), fc.option(json), fc.boolean())
    .map(([name, path, headers, body, isHonest]) => {
      const given: Record<string, string[]> = {};
      for (const [key, value] of headers) given[key] = [...(given[key] ?? []), value];
      const length = body === null || !isHonest ? {} : { "Content-Length": `${Buffer.byteLength(body)}` };
      return Buffer.from(request(name, path, { ...given, ...length }, body ?? ""));
    });
  /** What a client sends, with a body of any kind. */
  const honest = fc
    .tuple(
      fc.constantFrom<[string, Record<string, string>]>(
        ["/api/v1/access-token", { "X-Token": connectorToken, "X-Host": "localhost" }],
        ["/api/v1/sessions", { Authorization: `Bearer ${place.accessToken}` }],
        [`/api/v1/sessions/${place.sessionId}/context`, { Authorization: `Bearer ${place.accessToken}` }],
      ),
      fc.oneof(fc.constant(""), json),
    )
    .map(([[path, headers], body]) =>
      Buffer.from(
        request("POST", path, { ...headers, "Content-Length": `${Buffer.byteLength(body)}` }, body),
      ),
    );
  const upgrade = fc.nat({ max: 300 }).map((cursor) => Buffer.from(upgradeRequest(place, {}, `${cursor}`)));
  return fc
    .tuple(
      fc.array(
        fc.oneof(
          { weight: 6, arbitrary: plain },
          { weight: 3, arbitrary: honest },
          { weight: 1, arbitrary: upgrade },
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      mutations,
      cuts,
    )
    .map(([all, changes, at]) => ({
      surface: "http",
      writes: inWrites(changes.reduce(mutate, Buffer.concat(all)), at),
    }));
};

/** The case of a seed: the same seed and place give the same. */
export function caseOf(seed: number, place: Place, connectorToken: string): FuzzCase {
  // Seeds that follow each other are too alike: every other one would make the same first choice.
  const mixed = new Random(seed).integer(0, 2 ** 31 - 1);
  const [one] = fc.sample(fc.oneof(frames, http(place, connectorToken)), { seed: mixed, numRuns: 1 });
  if (one === undefined) throw new Error("no case");
  return one;
}
