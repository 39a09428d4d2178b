import { EVENT } from "@parley/protocol";
import type { Fault } from "./fault.ts";
import { each, events, late, paying } from "./mischief.ts";

const MESSAGE = "4.message.echo";
const CHUNK = EVENT.POLY_AGENT_MESSAGE_CHUNK;

/** Characters that a chunk keeps for the next one: fewer than a word has. */
const KEPT_BACK = 3;

/** What may be wrong with what an agent says. */
export const streamFaults: Fault[] = [
  {
    does: "loses text when it folds chunks",
    mischief: each(CHUNK, (event) =>
      event.payload.first_chunk_index === undefined
        ? event
        : paying(event, { text: event.payload.text.slice(0, -1) }),
    ),
    caughtBy: ["5.replay.folded"],
    spares: ["5.stream.story", MESSAGE],
  },
  {
    does: "does not say which chunks a folded one stands for",
    mischief: each(CHUNK, (event) => paying(event, { first_chunk_index: undefined })),
    caughtBy: ["5.replay.folded", "3.sequence.dense"],
    spares: ["5.stream.story", MESSAGE],
  },
  {
    does: "counts chunks from 0",
    mischief: each(CHUNK, (event) => paying(event, { chunk_index: event.payload.chunk_index - 1 })),
    caughtBy: ["5.stream.story", "5.stream.chunks"],
    spares: ["5.stream.off", MESSAGE],
  },
  {
    does: "says of every chunk that it is the last",
    mischief: each(CHUNK, (event) => paying(event, { is_complete: true })),
    caughtBy: ["5.stream.story", "5.stream.chunks"],
    spares: ["5.stream.off", MESSAGE],
  },
  {
    does: "cuts in words",
    mischief: events(() => {
      let kept = "";
      return (event, batched) => {
        if (event.type !== CHUNK || batched) return [event];
        const text: string = kept + event.payload.text;
        kept = event.payload.is_complete ? "" : text.slice(-KEPT_BACK);
        return [paying(event, { text: text.slice(0, text.length - kept.length) })];
      };
    }),
    caughtBy: ["5.stream.cut-story", "5.stream.cut-words"],
    spares: ["5.stream.story", MESSAGE],
  },
  {
    does: "streams where nobody has asked for it",
    mischief: each(EVENT.POLY_AGENT_MESSAGE, (event) => ({
      ...paying(event, { chunk_index: 1, is_complete: true }),
      type: CHUNK,
    })),
    caughtBy: ["5.stream.form", "4.join.order", "5.stream.off"],
    spares: ["4.join.streamed-greeting", MESSAGE],
  },
  {
    does: "puts attachments on the first chunk",
    mischief: each(CHUNK, (event) =>
      event.payload.is_complete
        ? event
        : paying(event, {
            attachments: [
              {
                title: "A picture",
                preview_image_url: "https://example.com/a",
                content_url: "https://example.com/a",
                content_type: "ATTACHMENT_CONTENT_TYPE_IMAGE",
                call_to_action_text: "Look",
              },
            ],
          }),
    ),
    caughtBy: ["5.attachments.stream"],
    spares: ["5.attachments.message", MESSAGE],
  },
  {
    does: "sends call actions under the id of the message before",
    mischief: events(() => {
      let before: unknown;
      return (event) => {
        if (event.type === CHUNK) before = event.payload.message_id;
        const isAction = event.payload.chat_call_actions !== undefined && before !== undefined;
        return [isAction ? paying(event, { message_id: before }) : event];
      };
    }),
    caughtBy: ["5.call-actions.stream"],
    spares: ["5.call-actions.message", MESSAGE],
  },
  {
    does: "changes the language behind the answer",
    mischief: late(({ type }) => type === EVENT.LANGUAGE_CHANGED),
    caughtBy: ["5.language.message"],
    spares: ["4.message.answer", MESSAGE],
  },
];
