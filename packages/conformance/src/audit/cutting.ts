import { LIMITS } from "@parley/protocol";

/**
 * The first place where a text was cut though the rules of section 5 forbid it.
 * @param chunks the texts of one message's chunks, in order
 * @returns what is wrong there, or null
 */
export function badCut(chunks: readonly string[]): string | null {
  const whole = chunks.join("");
  const kept = wholes(whole);
  let at = 0;
  for (const chunk of chunks.slice(0, -1)) {
    at += chunk.length;
    // An empty chunk cuts nothing.
    if (chunk === "" || at === whole.length) continue;
    // At 2 KB any place will do, where there was none behind white space.
    if (isFull(chunk) && !hasPlace(whole, at - chunk.length, at, kept)) continue;
    const shown = `${JSON.stringify(whole.slice(Math.max(0, at - 40), at))} | ${JSON.stringify(whole.slice(at, at + 40))}`;
    const inside = kept.find(({ from, to }) => from < at && at < to);
    if (inside !== undefined) return `cut in a ${inside.name}: ${shown}`;
    const head = whole.slice(0, at);
    if (/\s$/u.test(head)) continue;
    if (unbroken(head) < LIMITS.chunkUnbrokenChars) return `cut where there is no white space: ${shown}`;
    if (!isBoundary(whole, at)) return `cut in a word: ${shown}`;
  }
  return null;
}

/** A chunk that the next character of up to four bytes would have made too large. */
const isFull = (chunk: string): boolean => Buffer.byteLength(chunk) > LIMITS.chunkBytes - 4;

/** Whether a text might have been cut behind white space between two places. */
function hasPlace(text: string, from: number, to: number, kept: readonly Whole[]): boolean {
  const places = text.slice(from, to).matchAll(/\s+/gu);
  return [...places]
    .map(({ index, 0: space }) => from + index + space.length)
    .some((at) => at < to && !kept.some((one) => one.from < at && at < one.to));
}

/** Characters at the end without white space. */
const unbroken = (text: string): number => [...(/\S*$/u.exec(text)?.[0] ?? "")].length;

const PUNCTUATION = /\p{P}$/u;
const words = new Intl.Segmenter(undefined, { granularity: "word" });

function isBoundary(text: string, at: number): boolean {
  if (PUNCTUATION.test(text.slice(0, at))) return true;
  return words.segment(text).containing(at)?.index === at;
}

interface Whole {
  name: string;
  from: number;
  to: number;
}

/** Links and code fences, which stay whole. */
function wholes(text: string): Whole[] {
  const find = (name: string, pattern: RegExp): Whole[] =>
    [...text.matchAll(pattern)].map(({ index, 0: match }) => ({
      name,
      from: index,
      to: index + match.length,
    }));
  return [
    ...find("link", /\[[^\]\n]*\]\([^)\s]*\)/g),
    ...find("code fence", /^```[\s\S]*?^```/gm),
    ...find("markup token", /\*\*|__|~~/g),
  ];
}
