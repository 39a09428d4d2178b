import { CLOSE, EVENT, type EventBatch, type ServerEvent } from "@parley/protocol";
import { WebSocket } from "ws";
import type { Place } from "./client.ts";
import { isKept, type Kept } from "./record.ts";

/** What a new socket is told. */
export interface Replay {
  events: Kept[];
  /** Whether the agent is shown to think, as it is until its answer begins [protocol section 5]. */
  isThinking: boolean;
}

/**
 * Reads what is behind a cursor, as one who was never there. The end of a replay is known by the echo of a
 * heartbeat, which waits its turn behind it, or by the close of an ended session.
 */
export function readReplay(place: Place, sessionId: string, cursor: number): Promise<Replay> {
  const query = new URLSearchParams({
    session_id: sessionId,
    access_token: place.accessToken,
    cursor: `${cursor}`,
  });
  const socket = new WebSocket(`${place.url.replace("http", "ws")}/ws?${query}`);
  const read: Replay = { events: [], isThinking: false };
  return new Promise((resolve, reject) => {
    socket.on("open", () => socket.send(JSON.stringify({ type: EVENT.HEARTBEAT, payload: {} })));
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as ServerEvent | EventBatch;
      if (frame.type === EVENT.EVENT_BATCH) read.events.push(...frame.payload.events.filter(isKept));
      else if (frame.type === EVENT.POLY_AGENT_THINKING) read.isThinking = true;
      else if (frame.type === EVENT.HEARTBEAT) {
        resolve(read);
        socket.terminate();
      } else if (isKept(frame)) read.events.push(frame);
    });
    socket.on("error", reject);
    socket.on("close", (code) => {
      if (code === CLOSE.ended) resolve(read);
      else reject(new Error(`a replay of ${sessionId} ended with ${code}`));
    });
  });
}
