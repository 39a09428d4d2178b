import { isDeepStrictEqual } from "node:util";

/** A sentence of the protocol that did not hold: what it asks for, and what the server did. */
export class Failure extends Error {
  override name = "Failure";
  readonly expected: string;
  readonly seen: string;

  constructor(expected: string, seen: unknown) {
    const shown = show(seen);
    super(`expected ${expected}; saw ${shown}`);
    this.expected = expected;
    this.seen = shown;
  }
}

/** @throws Failure unless the condition holds */
export function ensure(holds: boolean, expected: string, seen: unknown): asserts holds {
  if (!holds) throw new Failure(expected, seen);
}

/** Strict structural equality, own `__proto__` keys included. @throws Failure */
export function same(seen: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(seen, expected)) throw new Failure(`${what}: ${show(expected)}`, seen);
}

/** Characters of a value in a report; longer ones are cut in the middle. */
const SHOWN = 1_000;

/** A value as a report shows it. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  if (text.length <= SHOWN) return text;
  const half = SHOWN / 2;
  return `${text.slice(0, half)} … ${text.length - SHOWN} characters … ${text.slice(-half)}`;
}
