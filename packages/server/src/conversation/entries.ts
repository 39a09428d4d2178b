import type { ServerEvent } from "@parley/protocol";
import { FACT_VERSIONS, type FactEntry, type FactKind, upgradeFact } from "./facts.ts";

/** An event that has its place in the journal. */
export type SequencedEvent = ServerEvent & { sequence: number };

export interface EventEntry {
  kind: "event";
  position: number;
  event: SequencedEvent;
}

/** One row of a session's list, in memory. */
export type Entry = EventEntry | FactEntry;

/** One row as the journal keeps it. */
export interface EncodedEntry {
  position: number;
  sequence: number | null;
  kind: string;
  version: number;
  data: string;
}

/** The version of an event's form is the protocol's: an event's data is the text that goes over the wire. */
const EVENT_VERSION = 1;

export function encode(entry: Entry): EncodedEntry {
  const { kind, position } = entry;
  if (kind === "event") {
    const { event } = entry;
    return { position, sequence: event.sequence, kind, version: EVENT_VERSION, data: JSON.stringify(event) };
  }
  return { position, sequence: null, kind, version: FACT_VERSIONS[kind], data: JSON.stringify(entry.data) };
}

/** A row of a kind or version that this release does not know. */
export class LaterRelease extends Error {
  override name = "LaterRelease";
}

/** @throws LaterRelease */
export function decode(row: EncodedEntry): Entry {
  const known = row.kind === "event" ? EVENT_VERSION : FACT_VERSIONS[row.kind as FactKind];
  if (known === undefined || row.version > known) {
    throw new LaterRelease(
      `row ${row.position} is a ${row.kind} of version ${row.version}, written by a later release`,
    );
  }
  const data = JSON.parse(row.data);
  if (row.kind === "event") return { kind: "event", position: row.position, event: data };
  const kind = row.kind as FactKind;
  return {
    kind,
    position: row.position,
    data: upgradeFact(kind, row.version, row.position, data),
  } as FactEntry;
}
