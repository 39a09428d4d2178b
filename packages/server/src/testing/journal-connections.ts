import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { Reader } from "../journal/reader.ts";
import { Writer } from "../journal/writer.ts";

/** A journal's two connections, without their threads. */
export interface Connections {
  file: string;
  writer: Writer;
  reader: Reader;
}

/** They are opened when first needed, on a new file for each test, and closed behind it. To be called once in a suite. */
export function useConnections(): Connections {
  const connections = {} as Connections;
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "parley-journal-"));
    const file = join(directory, "journal.db");
    const options = { file, lockTimeout: 0, maxBytes: null };
    Object.assign(connections, { file, writer: new Writer(options), reader: new Reader(options) });
  });
  afterEach(() => {
    connections.reader.close();
    connections.writer.close();
    rmSync(directory, { recursive: true });
  });
  return connections;
}
