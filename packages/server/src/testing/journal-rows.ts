import { randomUUID } from "node:crypto";
import type { NewSession, Row } from "../journal/journal.ts";

/** A session as a test needs it; its id is new. */
export function newSession(changes: Partial<NewSession> = {}): NewSession {
  return {
    id: randomUUID(),
    sub: "user-1",
    connector: "demo",
    host: "localhost",
    resumeHash: "00".repeat(32),
    createdAt: 1_000,
    streaming: false,
    platform: "web",
    deviceType: null,
    locale: null,
    attributes: {},
    contextId: null,
    ...changes,
  };
}

/** An event's row; its data says where it belongs. */
export function event(position: number, sequence: number, data = `{"sequence":${sequence}}`): Row {
  return { position, sequence, kind: "event", version: 1, data };
}

/** An internal fact's row. */
export function fact(position: number, data = `{"fact":${position}}`): Row {
  return { position, sequence: null, kind: "turn_started", version: 2, data };
}

/** Events alone: positions and sequences from `first` to `last`. */
export function events(first: number, last: number): Row[] {
  return Array.from({ length: last - first + 1 }, (_, index) => event(first + index, first + index));
}
