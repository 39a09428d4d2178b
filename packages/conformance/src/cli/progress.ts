/** Where progress is shown. */
interface Terminal {
  isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Names of running checks that are shown on a terminal's one line. */
const NAMES = 3;

/** On a terminal the line is redrawn so often; elsewhere a line comes only where nothing else did. Milliseconds. */
export const REDRAW_MS = 500;
export const QUIET_MS = 10_000;

/** Says how far a run is and what it waits for: on a terminal by a last line that changes, elsewhere now and then. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #now: () => number;
  readonly #running = new Map<string, number>();
  #done = 0;
  #lastSaid: number;

  constructor(terminal: Terminal, total: number, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#total = total;
    this.#now = now;
    this.#lastSaid = now();
  }

  /** How often `tick` is to be called. */
  get every(): number {
    return this.#terminal.isTTY ? REDRAW_MS : QUIET_MS / 2;
  }

  started(id: string): void {
    this.#running.set(id, this.#now());
  }

  /** A check is over. @param print writes its line, above the line of progress */
  finished(id: string, print: () => void): void {
    this.#running.delete(id);
    this.#done++;
    this.#lastSaid = this.#now();
    this.clear();
    print();
  }

  tick(): void {
    if (this.#terminal.isTTY) {
      this.#terminal.write(`\r\u001b[K${this.#line}`);
    } else if (this.#now() - this.#lastSaid >= QUIET_MS) {
      this.#lastSaid = this.#now();
      this.#terminal.write(`${this.#line}\n`);
    }
  }

  /** Takes the line of progress away. */
  clear(): void {
    if (this.#terminal.isTTY) this.#terminal.write("\r\u001b[K");
  }

  get #line(): string {
    const running = [...this.#running].map(([id, since]) => {
      return `${id} (${Math.round((this.#now() - since) / 1_000)} s)`;
    });
    const more = running.length > NAMES ? ` and ${running.length - NAMES} more` : "";
    const names = running.length === 0 ? "" : `; running: ${running.slice(0, NAMES).join(", ")}${more}`;
    return `… ${this.#done} of ${this.#total} checks are over${names}`;
  }
}
