import { DatabaseSync } from "node:sqlite";

/** A handoff, and the conversation in Chatwoot that it has become. */
export interface Link {
  /** Of Parley's handoff. */
  handoff: string;
  /** Of Chatwoot's conversation; null while it is being made. */
  conversation: number | null;
  /** Of Chatwoot's contact in the inbox. */
  sourceId: string | null;
  /** The last message of the conversation that Parley has heard of, by its id. */
  heard: number;
  /** Parley has nothing to do with it any more. */
  isOver: boolean;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS links (
    handoff TEXT PRIMARY KEY,
    conversation INTEGER UNIQUE,
    source_id TEXT,
    heard INTEGER NOT NULL DEFAULT 0,
    is_over INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY,
    handoff TEXT NOT NULL,
    is_done INTEGER NOT NULL
  );
`;

/** What must survive the bridge: which conversation is which, and what was carried over. */
export class Store {
  readonly #database: DatabaseSync;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(SCHEMA);
  }

  link(handoff: string): Link | undefined {
    return this.#links("WHERE handoff = ?", handoff)[0];
  }

  ofConversation(conversation: number): Link | undefined {
    return this.#links("WHERE conversation = ?", conversation)[0];
  }

  /** Those that are not over. */
  get open(): Link[] {
    return this.#links("WHERE is_over = 0 AND conversation IS NOT NULL");
  }

  keep({ handoff, conversation, sourceId, heard, isOver }: Link): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?)")
      .run(handoff, conversation, sourceId, heard, Number(isOver));
  }

  /** What is known of a delivery: nothing, that it was begun, perhaps by a process that died, or that it is done. */
  begin(id: string, handoff: string): "new" | "begun" | "done" {
    const known = this.#database.prepare("SELECT is_done FROM deliveries WHERE id = ?").get(id);
    if (known !== undefined) return known.is_done === 1 ? "done" : "begun";
    this.#database.prepare("INSERT INTO deliveries VALUES (?, ?, 0)").run(id, handoff);
    return "new";
  }

  done(id: string): void {
    this.#database.prepare("UPDATE deliveries SET is_done = 1 WHERE id = ?").run(id);
  }

  close(): void {
    this.#database.close();
  }

  #links(where: string, ...values: (string | number)[]): Link[] {
    const rows = this.#database.prepare(`SELECT * FROM links ${where}`).all(...values);
    return rows.map((row) => ({
      handoff: String(row.handoff),
      conversation: row.conversation === null ? null : Number(row.conversation),
      sourceId: row.source_id === null ? null : String(row.source_id),
      heard: Number(row.heard),
      isOver: row.is_over === 1,
    }));
  }
}
