import { sha256 } from "../../identity/digest.ts";
import { type Answer, refusal } from "../commands.ts";

/** Commands of one person that are remembered: far more than an outbox holds that was cut off. */
const REMEMBERED = 1_000;

interface Remembered {
  /** Of the whole command: it may be a long message. */
  readonly digest: string;
  readonly answer: Promise<Answer>;
}

/**
 * What became of the commands of the people at the desk, so that a command that comes again, on whichever socket, is
 * carried out once. What must not happen twice behind a restart either is kept in the journal, by the same key.
 */
export class Answers {
  readonly #people = new Map<string, Map<string, Remembered>>();

  /**
   * The answer to a command, carried out unless it was already.
   * @param what all of it, as it was read: a key that comes with another command is refused
   */
  async once(account: string, key: string, what: string, carryOut: () => Promise<Answer>): Promise<Answer> {
    const known = this.#people.get(account) ?? new Map<string, Remembered>();
    this.#people.set(account, known);
    const digest = sha256(what);
    const before = known.get(key);
    if (before !== undefined) return before.digest === digest ? await before.answer : refusal("key_reused");
    const answer = carryOut();
    known.set(key, { digest, answer });
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    // What could not be kept may be tried again.
    answer.catch(() => known.delete(key));
    return await answer;
  }
}
