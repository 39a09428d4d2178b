import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { isOf, type WireRecord } from "../../../development/wire-log.ts";
import type { Workbench } from "../../../development/workbench.ts";
import { refuse } from "../answers.ts";
import type { HttpContext } from "../deps.ts";
import { readQuery } from "../query.ts";

/** Records in one event of the stream, so that a long history comes in pieces a page can draw between. */
const RECORDS_AT_ONCE = 500;
/** Who is behind by more is let go of: it comes back with the last it has had. */
const MAX_BEHIND = 20_000;

const querySchema = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,15}$/, "must be the n of a record")
    .transform(Number)
    .default(0),
});

/**
 * What happened on the wire, oldest first, as JSON; to who accepts `text/event-stream`, also all that happens from now on,
 * each event an array of records. `after` leaves out what is known: the `n` of its last record.
 * @param session null for all
 */
export function readWire(c: HttpContext, workbench: Workbench, session: string | null): Response {
  const read = readQuery(c, querySchema);
  if ("fault" in read) return refuse(c, read.fault);
  const { log, process } = workbench;
  const isStream = c.req.header("Accept")?.includes("text/event-stream") === true;
  if (!isStream) return c.json({ process, records: log.read(read.query.after, session) });

  // Another process counts from 1 again.
  const [from, last] = (c.req.header("Last-Event-ID") ?? "").split(":");
  const after = from === process ? Number(last) || 0 : read.query.after;
  return streamSSE(c, async (stream) => {
    let queue: WireRecord[] = log.read(after, session);
    let isOpen = true;
    let wake = () => {};
    const end = () => {
      isOpen = false;
      wake();
    };
    const stop = log.subscribe((records) => {
      queue.push(...records.filter((record) => isOf(record, session)));
      if (queue.length > MAX_BEHIND) end();
      wake();
    });
    stream.onAbort(end);
    workbench.closed.addEventListener("abort", end);
    try {
      await stream.writeSSE({ event: "process", data: process });
      while (isOpen && !workbench.closed.aborted) {
        const records = queue.slice(0, RECORDS_AT_ONCE);
        queue = queue.slice(RECORDS_AT_ONCE);
        const newest = records.at(-1);
        if (newest !== undefined) {
          await stream.writeSSE({ id: `${process}:${newest.n}`, data: JSON.stringify(records) });
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop();
      workbench.closed.removeEventListener("abort", end);
    }
  });
}
