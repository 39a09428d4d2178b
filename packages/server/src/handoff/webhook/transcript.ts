import { type Attachment, EVENT, type ServerEvent } from "@parley/protocol";
import type { TranscriptLine } from "@parley/protocol/schemas";

/** What was said in a list of events: a streamed message is one line. */
export function linesOf(events: readonly ServerEvent[]): TranscriptLine[] {
  const lines = new Map<string, TranscriptLine>();
  let agent = "";
  for (const event of events) {
    const { timestamp: at } = event;
    switch (event.type) {
      case EVENT.POLY_AGENT_JOINED:
        agent = event.payload.agent_name;
        break;
      case EVENT.USER_MESSAGE:
        lines.set(event.id, { from: "user", text: event.payload.text, at });
        break;
      case EVENT.POLY_AGENT_MESSAGE:
      case EVENT.POLY_AGENT_MESSAGE_CHUNK: {
        const { message_id: id, text, attachments } = event.payload;
        const begun = lines.get(id) ?? { from: "agent", ...named(agent), text: "", at };
        lines.set(id, { ...begun, text: begun.text + text, ...cards(attachments) });
        break;
      }
      case EVENT.LIVE_AGENT_MESSAGE: {
        const { message_id: id, text, attachments, agent_name } = event.payload;
        lines.set(id, { from: "person", ...named(agent_name), text, ...cards(attachments), at });
        break;
      }
    }
  }
  return [...lines.values()].filter(({ text, attachments }) => text.trim() !== "" || attachments);
}

const named = (name: string | undefined): { name?: string } => (name ? { name } : {});

const cards = (attachments: readonly Attachment[]): Pick<TranscriptLine, "attachments"> =>
  attachments.length === 0
    ? {}
    : { attachments: attachments.map(({ title, content_url: url }) => ({ title, url })) };
