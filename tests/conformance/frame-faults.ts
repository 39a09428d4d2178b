import { randomUUID } from "node:crypto";
import { END_REASON, EVENT, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Fault } from "./fault.ts";
import { type Event, each, events, isBatch, late, made, paying, without } from "./mischief.ts";
import { replayFaults } from "./replay-faults.ts";
import { streamFaults } from "./stream-faults.ts";

const TOKEN = "1.token.claims";
const REFUSAL = "2.refusal.unknown-session";
const MESSAGE = "4.message.echo";

const isEcho = ({ type }: Event): boolean => type === EVENT.USER_MESSAGE;

const typeOf = (text: string): string | undefined => /"type":"(\w+)"/.exec(text)?.[1];

const envelope: Fault[] = [
  {
    does: "drops the echoes of heartbeats",
    mischief: without(({ type }) => type === EVENT.HEARTBEAT),
    caughtBy: ["4.heartbeat.echo"],
    spares: [TOKEN, REFUSAL],
  },
  {
    does: "drops the echoes of messages",
    mischief: without(isEcho),
    caughtBy: [MESSAGE, "4.message.answer"],
    spares: ["3.custom.all-events", "4.join.order", TOKEN],
  },
  {
    does: "reorders what is live: sends the second chunk behind the third",
    mischief: late(({ payload }) => payload.chunk_index === 2 && !payload.is_complete),
    caughtBy: ["5.stream.story", "5.stream.chunks", "3.sequence.dense"],
    spares: [MESSAGE, "4.join.order"],
  },
  {
    does: "reorders what is replayed",
    mischief: {
      toClient: () => (frame) =>
        isBatch(frame) ? [paying(frame, { events: frame.payload.events.toReversed() })] : [frame],
    },
    caughtBy: ["5.replay.batch-content", "3.sequence.dense", "2.cursor.missing"],
    spares: [MESSAGE, "4.join.order"],
  },
  {
    does: "repeats ids",
    mischief: events(() => {
      let before = "";
      return (event) => {
        const repeated = event.type === EVENT.POLY_AGENT_JOINED ? { ...event, id: before } : event;
        before = event.id;
        return [repeated];
      };
    }),
    caughtBy: ["3.id.one-event"],
    spares: [MESSAGE, "4.join.order"],
  },
  {
    does: "makes new ids at each replay",
    mischief: events(() => (event, batched) => [batched ? { ...event, id: randomUUID() } : event]),
    caughtBy: ["3.receipt.durable", "3.id.one-event", "7.grace.whole"],
    spares: [MESSAGE, "4.join.order"],
  },
  {
    does: "skips a sequence",
    mischief: events(() => (event) => [
      Number(event.sequence) >= 3 ? { ...event, sequence: Number(event.sequence) + 1 } : event,
    ]),
    caughtBy: ["3.sequence.dense", "4.join.order"],
    spares: ["4.heartbeat.echo", "3.custom.nested", TOKEN],
  },
  {
    does: "loses an event at replays",
    mischief: events(() => (event, batched) => (batched && event.sequence === 2 ? [] : [event])),
    caughtBy: ["2.cursor.missing", "3.receipt.durable", "3.sequence.dense"],
    spares: [MESSAGE, "2.cursor.plain"],
  },
  {
    does: "says sequence null on events of the journal",
    mischief: each(EVENT.POLY_AGENT_JOINED, (event) => ({ ...event, sequence: null })),
    caughtBy: ["3.envelope.sequence", "4.join.order"],
    spares: [MESSAGE, TOKEN],
  },
  {
    does: "counts heartbeats too",
    mischief: each(EVENT.HEARTBEAT, (event) => ({ ...event, sequence: 2 })),
    caughtBy: ["4.heartbeat.echo", "3.envelope.sequence"],
    spares: [TOKEN, REFUSAL],
  },
  {
    does: "writes timestamps without fractions of a second",
    mischief: events(() => (event) => [{ ...event, timestamp: event.timestamp.replace(/\.\d+/, "") }]),
    caughtBy: ["3.envelope.timestamp"],
    spares: ["3.envelope.id", MESSAGE],
  },
  {
    does: "adds keys to the envelope",
    mischief: events(() => (event) => [{ ...event, version: 1 } as Event]),
    caughtBy: ["3.envelope.keys"],
    spares: ["3.envelope.id", MESSAGE],
  },
  {
    does: "sends binary frames",
    mischief: { binary: true },
    caughtBy: ["3.frames.text"],
    spares: ["3.envelope.objects", MESSAGE],
  },
  {
    does: "adds empty metadata",
    mischief: events(() => (event) => [{ ...event, metadata: event.metadata ?? {} }]),
    caughtBy: ["3.metadata.absent", "3.envelope.metadata"],
    spares: ["3.custom.nested", TOKEN],
  },
  {
    does: "keeps only what is flat in metadata.custom",
    mischief: events(() => (event) => {
      const custom = event.metadata?.custom;
      if (custom === undefined) return [event];
      const flat = Object.entries(custom).filter(([, value]) => typeof value !== "object");
      return [{ ...event, metadata: { custom: Object.fromEntries(flat) } }];
    }),
    caughtBy: ["3.custom.nested"],
    spares: ["3.custom.unicode", MESSAGE],
  },
  {
    does: "loses frames whose socket is gone when their turn comes",
    mischief: {
      toServer: (link) => (text) => {
        if (typeOf(text) !== EVENT.USER_MESSAGE) return [text];
        setTimeout(() => link.isGone || link.pass(text), 20);
        return [];
      },
    },
    caughtBy: ["3.receipt.gone-socket"],
    spares: [MESSAGE, "3.receipt.durable"],
  },
  {
    does: "sends payloads of the wrong types",
    mischief: each(EVENT.POLY_AGENT_JOINED, (event) => paying(event, { agent_avatar_url: null })),
    caughtBy: ["5.payloads"],
    spares: ["3.envelope.keys", "4.join.order"],
  },
  {
    does: "sends URLs with blanks in them",
    mischief: events(() => (event) => {
      if (!Array.isArray(event.payload.attachments)) return [event];
      const attachments = event.payload.attachments.map((one: object) => ({
        ...one,
        content_url: "https://a b",
      }));
      return [paying(event, { attachments })];
    }),
    caughtBy: ["5.urls"],
    spares: ["5.payloads", MESSAGE],
  },
];

const talk: Fault[] = [
  {
    does: "trims texts",
    mischief: each(EVENT.USER_MESSAGE, (event) => paying(event, { text: event.payload.text.trim() })),
    caughtBy: ["4.text.blanks"],
    spares: ["4.text.emoji", MESSAGE],
  },
  {
    does: "takes the second copy of a message for a second message",
    mischief: {
      toServer: () => (text) => [text.replaceAll('"local_id"', '"hidden_id"')],
      toClient: () => (frame) => [JSON.parse(JSON.stringify(frame).replaceAll('"hidden_id"', '"local_id"'))],
    },
    caughtBy: ["4.key.local-id", "4.key.longest", "4.key.one-turn"],
    spares: ["4.key.none", "4.key.client-event-id", MESSAGE],
  },
  {
    does: "sends no echo to other sockets of the session",
    mischief: events((link) => (event, batched) => {
      return !batched && isEcho(event) && link.others.length > 0 ? [] : [event];
    }),
    caughtBy: ["4.message.all-sockets", "2.second.sees-everything"],
    spares: [MESSAGE, "4.join.order"],
  },
  {
    does: "says nothing of an agent that thinks",
    mischief: without(({ type }) => type === EVENT.POLY_AGENT_THINKING),
    caughtBy: ["4.join.order", "4.message.answer"],
    spares: [MESSAGE, "4.join.survives"],
  },
  {
    does: "brings the agent in again at a second join",
    mischief: events(() => {
      let joins = 0;
      return (event) => {
        if (event.type !== EVENT.REQUEST_POLY_AGENT_JOIN || ++joins === 1) return [event];
        return [event, made(EVENT.POLY_AGENT_JOINED, { agent_name: "Bob", agent_avatar_url: "" }, 99)];
      };
    }),
    caughtBy: ["4.join.while-joined", "4.join.while-joining"],
    spares: ["4.join.order", MESSAGE],
  },
  {
    does: "makes a new echo of a second join",
    mischief: events(() => {
      let joins = 0;
      return (event) => {
        const again = event.type === EVENT.REQUEST_POLY_AGENT_JOIN && ++joins > 1;
        return [again ? { ...event, id: randomUUID() } : event];
      };
    }),
    caughtBy: ["4.join.while-joined"],
    spares: ["4.join.order", MESSAGE],
  },
  {
    does: "echoes typing",
    mischief: {
      toServer: (link) => (text) => {
        if (typeOf(text) === EVENT.USER_TYPING) link.send(made(EVENT.USER_TYPING, {}));
        return [text];
      },
    },
    caughtBy: ["4.typing.no-echo"],
    spares: ["4.heartbeat.echo", MESSAGE],
  },
  {
    does: "tells errors at level info",
    mischief: each(EVENT.SYSTEM_MESSAGE, (event) => paying(event, { level: SYSTEM_LEVEL.info })),
    caughtBy: ["4.error.unknown-not-json", "4.unjoined.hint"],
    spares: ["4.unjoined.hint-once", MESSAGE],
  },
  {
    does: "says in an error what the client wrote",
    mischief: {
      toServer: (link) => (text) => {
        said.set(link, text);
        return [text];
      },
      toClient: (link) => (frame) => [
        frame.type === EVENT.SYSTEM_MESSAGE
          ? paying(frame, { message: `${frame.payload.message}: ${said.get(link)}` })
          : frame,
      ],
    },
    caughtBy: ["4.error.catalogue", "4.error.unknown-type"],
    spares: ["4.error.sender-alone", MESSAGE],
  },
  {
    does: "tells errors to all sockets of the session",
    mischief: events((link) => (event) => {
      if (event.type === EVENT.SYSTEM_MESSAGE) for (const other of link.others) other.send(event);
      return [event];
    }),
    caughtBy: ["4.error.sender-alone"],
    spares: ["4.error.catalogue", MESSAGE],
  },
  {
    does: "closes with 4001 at a frame that it does not know",
    mischief: {
      toServer: (link) => (text) => {
        if (typeOf(text)?.startsWith("EVENT_TYPE_NO") ?? false) link.close(4001);
        return [text];
      },
    },
    caughtBy: ["4.error.unknown-type", "7.close.codes"],
    spares: ["4.error.unknown-not-json", MESSAGE],
  },
  {
    does: "closes at a flood",
    mischief: {
      toServer: (link) => {
        let count = 0;
        return (text) => {
          if (++count === 100) link.close(1008);
          return [text];
        };
      },
    },
    caughtBy: ["4.rate.heartbeats", "7.close.codes"],
    spares: ["4.heartbeat.echo", MESSAGE],
  },
  {
    does: "never says that nobody has joined",
    mischief: without(({ payload }) => payload.message === SYSTEM_MESSAGES.noConversation),
    caughtBy: ["4.unjoined.hint"],
    spares: ["4.unjoined.kept", MESSAGE],
  },
  {
    does: "says twice that nobody has joined",
    mischief: events(() => (event) => {
      const isHint = event.payload.message === SYSTEM_MESSAGES.noConversation;
      return isHint ? [event, { ...event, id: randomUUID() }] : [event];
    }),
    caughtBy: ["4.unjoined.hint-once"],
    spares: ["4.unjoined.hint", MESSAGE],
  },
];

/** What the client wrote last. */
const said = new WeakMap<object, string>();

const end: Fault[] = [
  {
    does: "sends frames behind SESSION_END",
    mischief: events(() => (event) => [
      event,
      ...(event.type === EVENT.SESSION_END ? [made(EVENT.POLY_AGENT_THINKING)] : []),
    ]),
    caughtBy: ["4.end.order", "5.end.last"],
    spares: [MESSAGE, "4.join.order"],
  },
  {
    does: "says another reason of the end",
    mischief: each(EVENT.SESSION_END, (event) => paying(event, { reason: END_REASON.natural })),
    caughtBy: ["4.end.order"],
    spares: [MESSAGE, "5.end.last"],
  },
  {
    does: "closes with 1001 behind the end",
    mischief: { closeCode: (code) => (code === 1000 ? 1001 : code) },
    caughtBy: ["4.end.order", "7.close.codes"],
    spares: ["4.join.order", MESSAGE],
  },
  {
    does: "ends later than clients wait",
    mischief: {
      toServer: (link) => (text) => {
        if (typeOf(text) !== EVENT.USER_END_SESSION) return [text];
        setTimeout(() => link.pass(text), 400);
        return [];
      },
    },
    caughtBy: ["4.end.in-time"],
    spares: ["4.end.order", MESSAGE],
  },
  {
    does: "says that the agent leaves before it says why",
    mischief: late(({ type }) => type === EVENT.POLY_AGENT_TRIGGERED_HANDOFF),
    caughtBy: ["6.server.order-message", "6.client.order-message"],
    spares: ["4.join.order", MESSAGE],
  },
];

/** What may be wrong with the frames of a socket. */
export const frameFaults: Fault[] = [...envelope, ...talk, ...streamFaults, ...replayFaults, ...end];
