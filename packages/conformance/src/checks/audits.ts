import { auditBatchContent, auditBatchSize, auditFirstFrame } from "../audit/batches.ts";
import {
  auditFrameSize,
  auditId,
  auditKeys,
  auditMetadata,
  auditObjects,
  auditPayload,
  auditText,
  auditTimestamp,
  auditTransience,
  auditUrls,
} from "../audit/envelope.ts";
import { auditEach, type Finding, report } from "../audit/finding.ts";
import { auditIds, auditSequence, auditTransients } from "../audit/sequence.ts";
import { auditChunks, auditClose, auditEnd, auditForm, auditLanguage } from "../audit/streams.ts";
import type { Check } from "../check.ts";
import type { Recording } from "../client/recording.ts";
import type { Context } from "../context.ts";
import { ask } from "../conversation.ts";

const rules: { id: string; title: string; rule(recording: Recording): Finding | null }[] = [
  { id: "3.envelope.objects", title: "Every frame is an event", rule: auditObjects },
  { id: "3.envelope.id", title: "Every event has a UUID as id, batches and heartbeats too", rule: auditId },
  {
    id: "3.envelope.timestamp",
    title: "Every event has a UTC timestamp with exactly three fractional digits",
    rule: auditTimestamp,
  },
  { id: "3.envelope.keys", title: "No event has a key beyond the envelope's", rule: auditKeys },
  {
    id: "3.envelope.sequence",
    title: "sequence is null for transient types and an integer for all others",
    rule: auditTransience,
  },
  {
    id: "3.envelope.metadata",
    title: "metadata holds a client's custom object or is absent",
    rule: auditMetadata,
  },
  { id: "3.frames.text", title: "The server sends text frames only", rule: auditText },
  { id: "3.frames.size", title: "No frame of the server exceeds 900 KB", rule: auditFrameSize },
  {
    id: "3.sequence.dense",
    title: "On every socket sequences ascend without a hole",
    rule: auditSequence,
  },
  {
    id: "5.payloads",
    title: "Every payload has the form of its type, with real JSON types",
    rule: auditPayload,
  },
  { id: "5.urls", title: "URLs are valid RFC 3986", rule: auditUrls },
  { id: "5.transients.once", title: "A transient event comes once on a socket", rule: auditTransients },
  {
    id: "5.stream.form",
    title: "Text comes as chunks where asked for, otherwise as messages; never both",
    rule: auditForm,
  },
  {
    id: "5.stream.chunks",
    title: "Chunks count from 1, exactly the last is complete, and no two messages are interleaved",
    rule: auditChunks,
  },
  {
    id: "5.language.before",
    title: "LANGUAGE_CHANGED comes before the first chunk of its answer",
    rule: auditLanguage,
  },
  {
    id: "5.replay.batch-first",
    title: "The first frame is a batch, even with nothing in it",
    rule: auditFirstFrame,
  },
  {
    id: "5.replay.batch-content",
    title: "A batch holds sequenced events, ascending, never nested, never transient",
    rule: auditBatchContent,
  },
  {
    id: "5.replay.batch-size",
    title: "A batch holds at most 200 events and 128 KB; a larger event goes alone",
    rule: auditBatchSize,
  },
  { id: "5.end.last", title: "No frame of any kind follows SESSION_END", rule: auditEnd },
  {
    id: "7.close.codes",
    title: "The server closes with a frame and one of its codes; 1000 after SESSION_END and only then",
    rule: auditClose,
  },
];

/** So that no audit is without anything to judge when it is run by itself. */
async function converse(context: Context): Promise<void> {
  for (const streaming_enabled of [false, true]) {
    const { session, socket } = await context.joined({ streaming_enabled });
    await ask(socket, "good evening");
    await context.open(session).then((again) => again.fence());
  }
}

/** Rules that hold for everything that a server sends: they judge what all checks of the run have recorded. */
export const audits: Check[] = [
  ...rules.map(
    ({ id, title, rule }): Check => ({
      id,
      title,
      order: "last",
      async run(context) {
        await converse(context);
        auditEach(context.target.recordings, rule);
      },
    }),
  ),
  {
    id: "3.id.one-event",
    title: "An id is never reused, and an event has the same one at every replay and on every socket",
    order: "last",
    async run(context) {
      await converse(context);
      const finding = auditIds(context.target.recordings);
      if (finding !== null) report(finding, "all that was recorded");
    },
  },
];
