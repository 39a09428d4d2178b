/** What a text is searched for: a word or phrase, several of which one is enough, or a pattern. */
export type Words = string | readonly string[] | RegExp;

/** What to do with a text that holds certain words. */
export type Case<T> = readonly [words: Words, answer: T | ((found: RegExpExecArray | [string]) => T)];

/**
 * The answer of the first case whose words stand in a text: anywhere and in any case, as `findWord`. A function is called
 * with what the pattern has found, or with the word.
 *
 * @param otherwise where no case fits; undefined by default
 */
export function match<T>(text: string, cases: readonly Case<T>[]): T | undefined;
export function match<T>(text: string, cases: readonly Case<T>[], otherwise: T): T;
export function match<T>(text: string, cases: readonly Case<T>[], otherwise?: T): T | undefined {
  for (const [words, answer] of cases) {
    const found = find(text, words);
    if (found === null) continue;
    return typeof answer === "function"
      ? (answer as (found: RegExpExecArray | [string]) => T)(found)
      : answer;
  }
  return otherwise;
}

/** The first of these words that stands anywhere in a text, in any case; null where none does. */
export function findWord(text: string, words: readonly string[]): string | null {
  const lowered = plain(text);
  return words.find((word) => lowered.includes(plain(word))) ?? null;
}

function find(text: string, words: Words): RegExpExecArray | [string] | null {
  if (words instanceof RegExp) {
    // A pattern with the flag g or y remembers where it was.
    words.lastIndex = 0;
    return words.exec(text.normalize("NFC"));
  }
  const word = findWord(text, typeof words === "string" ? [words] : words);
  return word === null ? null : [word];
}

/** An é may come as one character or as two. */
const plain = (text: string): string => text.normalize("NFC").toLowerCase();
