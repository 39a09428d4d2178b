/**
 * What a character means to somebody who looks for a place to cut a text. Every character of an answer is looked at, and
 * nearly all are ASCII, so regular expressions come last, and numbers are compared: of strings V8 does it slowly unless
 * both are Latin. All but `isPlain` take one code point.
 */

/** White space at which a line may break; no-break spaces hold a word together. */
export const isBreakingSpace = (char: string): boolean =>
  char <= " "
    ? char === " " || (char >= "\t" && char <= "\r")
    : char > "\u{a0}" && /^[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]$/.test(char);

/** An ASCII letter or digit. Takes a UTF-16 unit. */
export const isPlain = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39);

/** Belongs to the character before it. */
export const isMark = (char: string): boolean => char.charCodeAt(0) > 0x2ff && /^[\p{M}\u200d]$/u.test(char);

/** Of a script that puts no spaces between words, or its punctuation. */
export const isUnspaced = (char: string): boolean =>
  char.charCodeAt(0) > 0xdff &&
  /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\u3000-\u303f\uff00-\uff9f]$/u.test(
    char,
  );

/** Ends a sentence or a clause. */
export const isStop = (char: string): boolean =>
  char < "\u{80}" ? ASCII_STOPS.includes(char) : /^[…‥。｡．，、､；：！？។៕၊။།]$/u.test(char);

const ASCII_STOPS = ".,;:!?";

/** Closes a bracket or a quotation, so that it stays with what is before it. */
export const isCloser = (char: string): boolean => /^[\p{Pe}\p{Pf}"']$/u.test(char);

/** May be part of Markdown or HTML markup: a cut beside it could undo it. */
export const isMarkup = (char: string): boolean => /^[*_~`[\]()<>&|#\\]$/.test(char);

/** Cannot be part of a URL, also not of one in the user's own script. */
export const endsUrl = (char: string): boolean =>
  /^[<>"。｡、､，；：！？「」『』（）【】《》〈〉]$/u.test(char);

/** UTF-8 bytes; half of a surrogate pair is sent as U+FFFD. */
export const utf8Length = (char: string): number =>
  char <= "\u{7f}" ? 1 : char <= "\u{7ff}" ? 2 : char.length === 1 ? 3 : 4;
