import { HTTP_ERRORS } from "@parley/protocol";
import type { Handler } from "hono";
import { accepts } from "hono/accepts";
import { z } from "zod";
import type { Journal, StoredEvent } from "../../journal/journal.ts";
import { refuse } from "./answers.ts";
import type { HttpContext, HttpDeps, HttpEnv } from "./deps.ts";
import { pageCursor, readQuery, wholeNumber } from "./query.ts";

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 200;
/** Bytes of events that are in memory for one request at a time. */
const PAGE_BYTES = 1_048_576;

const JSON_LINES = "application/x-ndjson";

const cursor = pageCursor("events");

const format = z.enum(["json", "jsonl"], { error: "must be json or jsonl" }).optional();
const pagedSchema = z.strictObject({
  format,
  limit: wholeNumber(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: cursor.schema.default(0),
});
/** JSON lines are the whole transcript: it is streamed, so it needs no pages. */
const unpaged = z.never({ error: "does not go with JSON lines, which are the whole transcript" }).optional();
const linesSchema = z.strictObject({ format, limit: unpaged, cursor: unpaged });

/**
 * `GET /api/v1/sessions/{session_id}/events`, for operators: the transcript, from the first word. As JSON in pages of at
 * most `limit` events (1 to 1000, 200 by default) and about 1 MB, `cursor` being the `next_cursor` of the page before;
 * or all of it as JSON lines, asked for by `Accept: application/x-ndjson` or `format=jsonl`.
 */
export const readTranscript =
  (deps: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    c.header("Vary", "Accept", { append: true });
    const read = readQuery(c, wantsLines(c) ? linesSchema : pagedSchema);
    if ("fault" in read) return refuse(c, read.fault);
    const session = await deps.journal.find(c.req.param("id"));
    if (session === null) return refuse(c, HTTP_ERRORS.sessionNotFound);
    if (read.query.limit === undefined) return answerLines(c, deps, session.key);
    return answerPage(c, deps.journal, session.key, read.query);
  };

function wantsLines(c: HttpContext): boolean {
  const asked = c.req.query("format");
  if (asked !== undefined) return asked === "jsonl";
  const supports = ["application/json", JSON_LINES];
  return accepts(c, { header: "Accept", supports, default: "application/json" }) === JSON_LINES;
}

async function answerPage(
  c: HttpContext,
  journal: Journal,
  session: number,
  { limit, cursor: after }: z.infer<typeof pagedSchema>,
): Promise<Response> {
  const events = await journal.events(session, { after, events: limit, bytes: PAGE_BYTES });
  const last = events.at(-1)?.sequence;
  // A page may be short for its bytes, so its length does not tell whether more follows.
  const more =
    last !== undefined && (await journal.events(session, { after: last, events: 1, bytes: 1 })).length > 0;
  const next = JSON.stringify(more ? cursor.print(last) : null);
  // Stored text is the wire's own JSON: joined, not parsed and printed again.
  const body = `{"events":[${events.map(({ data }) => data).join(",")}],"next_cursor":${next}}`;
  return c.body(body, 200, { "Content-Type": "application/json" });
}

async function answerLines(c: HttpContext, deps: HttpDeps, session: number): Promise<Response> {
  // Read before the answer begins, so that a journal that fails is still an error and not a broken body.
  const first = await deps.journal.events(session, linesPage(0));
  const logFailure = (error: unknown) =>
    deps.logger.error({ error, correlation_id: c.get("correlationId") }, "a transcript broke off");
  return c.body(ReadableStream.from(lines(deps.journal, session, first, logFailure)), 200, {
    "Content-Type": JSON_LINES,
  });
}

const linesPage = (after: number) => ({ after, events: MAX_PAGE, bytes: PAGE_BYTES });

const encoder = new TextEncoder();

/** The transcript page by page, the next one read when the reader has taken the last. */
async function* lines(
  journal: Journal,
  session: number,
  first: StoredEvent[],
  logFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  let page = first;
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    yield encoder.encode(page.map(({ data }) => `${data}\n`).join(""));
    try {
      page = await journal.events(session, linesPage(last.sequence));
    } catch (error) {
      logFailure(error);
      // The body breaks off without its end, so that nobody takes what came for the whole.
      throw error;
    }
  }
}
