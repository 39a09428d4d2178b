import { randomUUID } from "node:crypto";
import { EVENT } from "@parley/protocol";
import type { Fault } from "./fault.ts";
import { type Event, isBatch, made, paying } from "./mischief.ts";

const TOKEN = "1.token.claims";
const REFUSAL = "2.refusal.unknown-session";
const MESSAGE = "4.message.echo";

/** What may be wrong with what comes right after an upgrade. */
export const replayFaults: Fault[] = [
  {
    does: "splits the first batch between SESSION_START and POLY_AGENT_JOINED",
    mischief: {
      toClient: () => (frame) => {
        if (!isBatch(frame) || frame.payload.events.length < 2) return [frame];
        const [first, ...rest] = frame.payload.events as Event[];
        return [paying(frame, { events: [first] }), { ...paying(frame, { events: rest }), id: randomUUID() }];
      },
    },
    caughtBy: ["5.replay.same-frame", "5.replay.same-frame-large"],
    spares: ["5.replay.never-joined", "5.replay.nothing-new", MESSAGE],
  },
  {
    does: "sends no batch where there is nothing new",
    mischief: { toClient: () => (frame) => (frame.payload.events?.length === 0 ? [] : [frame]) },
    caughtBy: ["5.replay.nothing-new", "7.grace.nothing"],
    spares: ["5.replay.never-joined", MESSAGE],
  },
  {
    does: "replays single events instead of batches",
    mischief: { toClient: () => (frame) => (isBatch(frame) ? (frame.payload.events as Event[]) : [frame]) },
    caughtBy: ["5.replay.batch-first", "5.replay.same-frame"],
    spares: ["2.cursor.plain", MESSAGE],
  },
  {
    does: "puts what is transient into batches",
    mischief: {
      toClient: () => (frame) =>
        isBatch(frame)
          ? [paying(frame, { events: [...frame.payload.events, made(EVENT.POLY_AGENT_THINKING)] })]
          : [frame],
    },
    caughtBy: ["5.replay.batch-content", "5.replay.not-thinking"],
    spares: [MESSAGE, "2.cursor.plain"],
  },
  {
    does: "lets what comes next overtake the pause behind a replay",
    mischief: {
      toClient: () => {
        let held: Event | null = null;
        let begun = false;
        return (frame) => {
          if (!begun) {
            begun = true;
            held = frame;
            return [];
          }
          const all = held === null ? [frame] : [held, frame];
          held = null;
          return all;
        };
      },
    },
    caughtBy: ["5.replay.pause-transient"],
    spares: [TOKEN, REFUSAL],
  },
];
