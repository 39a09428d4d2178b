import type { ServerEvent } from "../wire.ts";

const EPOCH = Date.UTC(2026, 0, 1);

/** An event as a server sends it; the same sequence gives the same id and time. */
export const event = (
  type: ServerEvent["type"],
  sequence: number | null,
  payload: object,
  custom?: object,
): ServerEvent =>
  ({
    id: sequence === null ? crypto.randomUUID() : `event-${sequence}`,
    sequence,
    timestamp: new Date(EPOCH + (sequence ?? 0) * 1_000).toISOString(),
    type,
    payload,
    ...(custom && { metadata: { custom } }),
  }) as ServerEvent;

/** What the payloads of messages have in common. */
export const said = (message_id: string, text: string) => ({
  message_id,
  text,
  attachments: [],
  response_suggestions: [],
});

export const chunk = (
  id: string,
  text: string,
  chunk_index: number,
  is_complete = false,
  more: object = {},
) => ({
  ...said(id, text),
  chunk_index,
  is_complete,
  ...more,
});

/** As a replay from the start does: adjacent chunks of one message become one [protocol section 5]. */
export function fold(events: readonly ServerEvent[]): ServerEvent[] {
  const folded: ServerEvent[] = [];
  for (const event of events) {
    const last = folded.at(-1);
    if (
      last?.type === "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK" &&
      event.type === "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK" &&
      last.payload.message_id === event.payload.message_id
    ) {
      const payload = {
        ...event.payload,
        text: last.payload.text + event.payload.text,
        attachments: [...last.payload.attachments, ...event.payload.attachments],
        response_suggestions: [...last.payload.response_suggestions, ...event.payload.response_suggestions],
        first_chunk_index: last.payload.first_chunk_index ?? last.payload.chunk_index,
      };
      folded[folded.length - 1] = { ...event, payload };
    } else folded.push(event);
  }
  return folded;
}
