/** A checkpoint for so many pages of the log: 2 MB, which take 1 to 2 ms, beside the commits. */
const PAGES = 500;
/** What a commit adds to the log: the ends of the tables and indexes that it touches, and a page for so many rows. */
const PAGES_OF_COMMIT = 4;
const ROWS_OF_PAGE = 5;

interface Caller {
  call(name: "checkpoint" | "close"): Promise<void>;
}

/**
 * Keeps the journal's log short. Nearly all of it is written back on a thread of its own, which no commit waits for; then
 * the writer writes back what has come since, so that nothing is left and the log begins anew.
 */
export class Checkpointer {
  readonly #helper: Caller;
  readonly #writer: Caller;
  #pages = 0;
  #running: Promise<void> | null = null;
  /** A server of little traffic has no use for the thread, and starts sooner without it. */
  #isStarted = false;

  constructor(helper: Caller, writer: Caller) {
    this.#helper = helper;
    this.#writer = writer;
  }

  /** A batch of so many rows is in the log. */
  committed(rows: number): void {
    this.#pages += PAGES_OF_COMMIT + rows / ROWS_OF_PAGE;
    if (this.#pages < PAGES || this.#running !== null) return;
    this.#pages = 0;
    this.#isStarted = true;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Lets what is under way come to its end, and closes the helper's connection. */
  async close(): Promise<void> {
    await this.#running;
    if (this.#isStarted) await this.#helper.call("close");
  }

  /** One that fails is made up for by the next; what is wrong with the disk, a commit will say. */
  async #run(): Promise<void> {
    try {
      await this.#helper.call("checkpoint");
      await this.#writer.call("checkpoint");
    } catch {}
  }
}
