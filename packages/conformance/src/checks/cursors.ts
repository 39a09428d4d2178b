import { EVENT } from "@parley/protocol";
import { batchesOf } from "../audit/batches.ts";
import type { Check } from "../check.ts";
import type { Context, Session } from "../context.ts";
import { ensure, same } from "../failure.ts";

/** A session with the sequences 1 to 4: its start and three messages that nobody answers. */
async function fourEvents(context: Context): Promise<Session> {
  const { session, socket } = await context.connected();
  for (const text of ["one", "two", "three"]) socket.send(EVENT.USER_MESSAGE, { text });
  await socket.wait("the third message", ({ sequence }) => sequence === 4);
  return session;
}

/** The sequences that are replayed with a cursor. */
async function replayed(context: Context, session: Session, cursor?: string): Promise<number[]> {
  const socket = await context.open(session, cursor === undefined ? {} : { cursor });
  await socket.fence();
  socket.break();
  return socket.history.map(({ sequence }) => Number(sequence));
}

const understood: { name: string; title: string; cursor: string; expected: number[] }[] = [
  { name: "plain", title: "A number is the highest sequence that was seen", cursor: "2", expected: [3, 4] },
  { name: "seq-prefix", title: "seq:2 means 2", cursor: "seq:2", expected: [3, 4] },
  { name: "seq-prefix-encoded", title: "seq%3A2 means 2", cursor: "seq%3A2", expected: [3, 4] },
  { name: "zero", title: "0 is the beginning", cursor: "0", expected: [1, 2, 3, 4] },
  { name: "last", title: "The last sequence leaves nothing to replay", cursor: "4", expected: [] },
  { name: "beyond", title: "Beyond the last there is nothing to replay", cursor: "999", expected: [] },
  { name: "largest", title: "2^31 - 1 is a cursor beyond the last", cursor: "2147483647", expected: [] },
];

const ignored: { name: string; title: string; cursor: string }[] = [
  { name: "negative", title: "A negative cursor", cursor: "-1" },
  { name: "fraction", title: "A fractional cursor", cursor: "1.5" },
  { name: "word", title: "A cursor that is not a number", cursor: "abc" },
  { name: "too-large", title: "A cursor above 2^31 - 1", cursor: "2147483648" },
  { name: "huge", title: "A cursor of many digits", cursor: "99999999999999999999" },
  { name: "empty", title: "An empty cursor", cursor: "" },
  { name: "seq-word", title: "seq: with no number behind it", cursor: "seq:abc" },
];

export const cursors: Check[] = [
  ...understood.map(({ name, title, cursor, expected }) => ({
    id: `2.cursor.${name}`,
    title,
    async run(context: Context) {
      const seen = await replayed(context, await fourEvents(context), cursor);
      const startToo = context.profile.departures.firstBatch === "documentation" && cursor !== "0";
      const wanted = startToo ? [1, ...expected] : expected;
      same(seen, wanted, `the sequences replayed with cursor=${cursor}`);
    },
  })),
  {
    id: "2.cursor.missing",
    title: "Without a cursor the replay starts at the beginning",
    async run(context) {
      same(await replayed(context, await fourEvents(context)), [1, 2, 3, 4], "the sequences replayed");
    },
  },
  ...ignored.map(({ name, title, cursor }) => ({
    id: `2.cursor.${name}`,
    title: `${title} counts as 0 and is never a refusal`,
    async run(context: Context) {
      const seen = await replayed(context, await fourEvents(context), cursor);
      same(seen, [1, 2, 3, 4], `the sequences replayed with cursor=${cursor}`);
    },
  })),
  {
    id: "2.cursor.beyond-goes-on",
    title: "Behind a cursor beyond the last, live events still come",
    async run(context) {
      const session = await fourEvents(context);
      const socket = await context.open(session, { cursor: "999" });
      same(batchesOf(socket.recording).length <= 1, true, "one batch at most");
      socket.send(EVENT.USER_MESSAGE, { text: "five" });
      const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
      ensure(event.sequence === 5, "the echo with sequence 5", event);
    },
  },
];
