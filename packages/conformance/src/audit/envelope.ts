import { EVENT, LIMITS, TRANSIENT_TYPES } from "@parley/protocol";
import { payloadSchemas } from "@parley/protocol/schemas";
import { type Frame, isEvent, type Recording, type WireEvent } from "../client/recording.ts";
import type { Finding } from "./finding.ts";

export const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
export const UUID_V4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;
/** UTC RFC 3339 with exactly three fractional digits. */
export const TIMESTAMP =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const KEYS: ReadonlySet<string> = new Set(["id", "sequence", "timestamp", "type", "payload", "metadata"]);

/** The frames of the server. */
const inbound = ({ frames }: Recording): Frame[] => frames.filter(({ direction }) => direction === "in");

/** Looks at each frame of the server. */
function firstFrame(
  recording: Recording,
  expected: string,
  holds: (frame: Frame) => boolean,
): Finding | null {
  const frame = inbound(recording).find((one) => !holds(one));
  return frame === undefined ? null : { expected, frame };
}

/** Looks at each event, batches and what is in them. */
function firstEvent(
  recording: Recording,
  expected: string,
  holds: (event: WireEvent) => boolean,
): Finding | null {
  const batches = inbound(recording)
    .map(({ value }) => value)
    .filter(isEvent)
    .filter(({ type }) => type === EVENT.EVENT_BATCH);
  const event = [...recording.received.map(({ event }) => event), ...batches].find((one) => !holds(one));
  return event === undefined ? null : { expected, seen: event };
}

export const auditText = (recording: Recording): Finding | null =>
  firstFrame(recording, "text frames only", ({ binary }) => !binary);

export const auditObjects = (recording: Recording): Finding | null =>
  firstFrame(recording, "an event in every frame", ({ value }) => isEvent(value));

/** 900 KB: a thousand bytes each, the stricter reading. */
export const auditFrameSize = (recording: Recording): Finding | null =>
  firstFrame(
    recording,
    `at most ${LIMITS.serverFrameBytes} bytes`,
    ({ bytes }) => bytes <= LIMITS.serverFrameBytes,
  );

export const auditId = (recording: Recording): Finding | null =>
  firstEvent(recording, "a UUID as id", ({ id }) => typeof id === "string" && UUID.test(id));

export const auditTimestamp = (recording: Recording): Finding | null =>
  firstEvent(
    recording,
    "a UTC timestamp with three fractional digits",
    ({ timestamp }) => typeof timestamp === "string" && TIMESTAMP.test(timestamp),
  );

export const auditKeys = (recording: Recording): Finding | null =>
  firstEvent(recording, "no key beyond the envelope's", (event) =>
    Object.keys(event).every((key) => KEYS.has(key)),
  );

export const auditTransience = (recording: Recording): Finding | null =>
  firstEvent(recording, "sequence null for transient types, an integer from 1 for others", (event) => {
    const { sequence, type } = event;
    if (TRANSIENT_TYPES.has(type)) return sequence === null;
    return Number.isInteger(sequence) && Number(sequence) >= 1 && Number(sequence) <= LIMITS.maxSequence;
  });

export const auditPayload = (recording: Recording): Finding | null => {
  for (const received of recording.received) {
    const { type, payload } = received.event;
    const schema = payloadSchemas[type as keyof typeof payloadSchemas];
    if (schema === undefined) return { expected: "a type that servers send", received };
    const { error } = schema.safeParse(payload);
    const issue = error?.issues[0];
    if (issue !== undefined) {
      return { expected: `a payload of ${type} (${issue.path.join(".")}: ${issue.message})`, received };
    }
  }
  return null;
};

export const auditMetadata = (recording: Recording): Finding | null =>
  firstEvent(
    recording,
    "metadata absent, or an object with the client's custom object",
    ({ metadata }) =>
      metadata === undefined ||
      (metadata !== null && typeof metadata.custom === "object" && metadata.custom !== null),
  );

/** Characters of a URI [RFC 3986], with percent signs only where they encode. */
const URI = /^[a-z][a-z\d+.-]*:(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\da-f]{2})+$/i;

/** URLs are valid RFC 3986; an empty text stands where there is none. */
export const auditUrls = (recording: Recording): Finding | null =>
  firstEvent(recording, "valid RFC 3986 URLs", ({ payload }) =>
    urlsOf(payload).every((url) => url === "" || (typeof url === "string" && URI.test(url))),
  );

function urlsOf(payload: Record<string, unknown>): unknown[] {
  const { attachments, avatar_url, agent_avatar_url } = payload;
  const list = Array.isArray(attachments) ? (attachments as Record<string, unknown>[]) : [];
  return [
    ...list.flatMap(({ content_url, preview_image_url }) => [content_url, preview_image_url]),
    avatar_url,
    agent_avatar_url,
  ].filter((url) => url !== undefined);
}
