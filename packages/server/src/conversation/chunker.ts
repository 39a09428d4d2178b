import { LIMITS } from "@parley/protocol";
import {
  endsUrl,
  isBreakingSpace,
  isCloser,
  isMark,
  isMarkup,
  isPlain,
  isStop,
  isUnspaced,
  utf8Length,
} from "./characters.ts";
import { MarkupScanner } from "./markup.ts";

// Of no language in particular, so that a text is cut the same on every machine.
const words = new Intl.Segmenter("und", { granularity: "word" });
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** UTF-16 units behind a word boundary that must be known: the next characters can still move it. */
const WORD_LOOKAHEAD = 10;
/** UTF-16 units by which a run must grow before it is searched again for the end of a word. */
const WORD_SEARCH_STEP = 20;
/** UTF-16 units of `mailto:`, the longest start of a URL that is looked for. */
const LONGEST_URL_START = 7;

/**
 * Cuts one message into chunks while it comes in [protocol section 5, "Streaming"]. Some clients join chunks with
 * spaces, so a cut must stand where another space does no harm:
 *
 * - behind white space, a blank rather than a line break, never in a link, inline code, an HTML tag or a code fence
 *   (a fence is held until its last line is there), nor in a line's indentation;
 * - where a script without spaces brings none for `LIMITS.chunkUnbrokenChars`, behind the last punctuation, else
 *   between words;
 * - at `LIMITS.chunkBytes` anyway: at the best of these places, else behind any white space, else between two
 *   characters as the reader sees them.
 *
 * The chunks joined are exactly what was pushed, and none exceeds `LIMITS.chunkBytes` of UTF-8. Every character is
 * read once, however the text is cut into parts.
 */
export class Chunker {
  /** What was pushed and not yet cut off; all positions below are in it, and 0 means none. */
  #held = "";
  /** UTF-8 bytes of what was read of it. */
  #bytes = 0;
  #read = 0;
  #full: string[] = [];
  #markup = new MarkupScanner();

  /** Behind the last blank at which a cut is good. */
  #blank = 0;
  /** The same before the white space that is being read. */
  #blankBefore = 0;
  /** Behind the last line break at which a cut is good. */
  #line = 0;
  /** Behind the last white space of any kind. */
  #white = 0;
  #inBlanks = false;
  #indentation = true;

  /** Where the present run without white space starts. */
  #run = 0;
  /** Behind the last punctuation of the run. */
  #stop = 0;
  /** Where the run may be cut if a word ends there. */
  #joints: number[] = [];
  /** How far the run was searched for the end of a word in vain. */
  #searched = 0;
  #afterStop = false;
  #inUrl = false;
  /** The last code point; where letters and digits were passed over, the first of them, which is as good. */
  #before = "";

  /** Takes in more of the message. */
  push(text: string): void {
    this.#held += text;
    while (this.#read < this.#held.length) {
      const code = this.#held.codePointAt(this.#read) ?? 0;
      if (code >= 0xd800 && code <= 0xdbff && this.#read + 1 === this.#held.length) break;
      const char = String.fromCodePoint(code);
      const bytes = utf8Length(char);
      this.#makeRoom(bytes, char);
      if (isBreakingSpace(char)) this.#readSpace(char);
      else this.#readVisible(char);
      this.#before = char;
      this.#read += char.length;
      this.#bytes += bytes;
      if (isPlain(code)) this.#skipPlain();
    }
  }

  /** Behind a letter or a digit more of them change nothing but the place, and most of a text is that. */
  #skipPlain(): void {
    const end = Math.min(this.#held.length, this.#read + LIMITS.chunkBytes - this.#bytes);
    const start = this.#read;
    while (this.#read < end && isPlain(this.#held.charCodeAt(this.#read))) this.#read += 1;
    this.#bytes += this.#read - start;
  }

  /** What may be sent now, oldest first; often nothing. */
  take(): string[] {
    const chunks = this.#full;
    this.#full = [];
    const cut = this.#bestCut();
    // A chunk of white space alone shows nothing to anybody.
    if (this.#held.slice(0, cut).trim() !== "") chunks.push(this.#cutOff(cut));
    return chunks;
  }

  /** The message is whole: all that is left, in order; at least one, and the last may be empty. */
  finish(): string[] {
    if (this.#read < this.#held.length) this.#makeRoom(utf8Length("\u{fffd}"), "\u{fffd}");
    return [...this.#full, this.#held];
  }

  #readSpace(char: string): void {
    const wasInBlanks = this.#inBlanks;
    const end = this.#read + 1;
    this.#markup.read(char);
    const breaksLine = char === "\n" || char === "\u{2028}" || char === "\u{2029}";
    this.#inBlanks = !breaksLine && char !== "\r";
    if (!this.#inBlanks) {
      // "a |\nb" joined with a space would be a hard line break, and "\r|\n" is one character.
      if (wasInBlanks) this.#blank = this.#blankBefore;
      if (breaksLine && !this.#markup.isOpen) this.#line = end;
      this.#indentation ||= breaksLine;
    } else if (!this.#indentation && !this.#markup.isOpen) {
      if (!wasInBlanks) this.#blankBefore = this.#blank;
      this.#blank = end;
    }
    this.#white = this.#run = end;
    this.#stop = this.#searched = 0;
    this.#joints = [];
    this.#afterStop = this.#inUrl = false;
  }

  #readVisible(char: string): void {
    if (this.#inBlanks && isMark(char)) this.#blank = this.#blankBefore;
    this.#inBlanks = false;
    // A quotation's mark belongs to the indentation: a fence may follow.
    this.#indentation &&= char === ">";
    this.#inUrl = (this.#inUrl || this.#opensUrl()) && !endsUrl(char);
    if (this.#read > this.#run) this.#readJoint(char);
    this.#afterStop = isStop(char) || (this.#afterStop && isCloser(char));
    this.#markup.read(char);
  }

  /** Whether what was read ends with the start of a bare URL. */
  #opensUrl(): boolean {
    if (this.#before !== "/" && this.#before !== "." && this.#before !== ":") return false;
    const start = Math.max(this.#run, this.#read - LONGEST_URL_START);
    return /:\/\/$|(?<![a-z0-9])www\.$|mailto:$/i.test(this.#held.slice(start, this.#read));
  }

  /** Notes whether the run may be cut before this character. */
  #readJoint(char: string): void {
    const before = this.#before;
    if (!isUnspaced(char) && !isUnspaced(before)) return;
    if (this.#inUrl || this.#markup.isOpen || isMarkup(char) || isMarkup(before) || isMark(char)) return;
    if (isStop(char) || isCloser(char)) return;
    if (this.#afterStop) this.#stop = this.#read;
    this.#joints.push(this.#read);
  }

  #bestCut(): number {
    if (this.#read - this.#run >= LIMITS.chunkUnbrokenChars) {
      const cut = this.#stop || this.#endOfWord();
      if (cut > 0) return cut;
    }
    return this.#blank || this.#line;
  }

  #endOfWord(): number {
    const known = this.#read - WORD_LOOKAHEAD;
    if (this.#joints.length === 0 || known < this.#searched) return 0;
    const segments = words.segment(this.#held.slice(this.#run, this.#read));
    const isBoundary = (at: number) => segments.containing(at - this.#run)?.index === at - this.#run;
    const cut = this.#joints.findLast((joint) => joint <= known && isBoundary(joint)) ?? 0;
    if (cut === 0) this.#searched = known + WORD_SEARCH_STEP;
    return cut;
  }

  /** Cuts until a character of so many bytes fits. */
  #makeRoom(bytes: number, next: string): void {
    while (this.#bytes + bytes > LIMITS.chunkBytes) {
      const cut = this.#bestCut() || this.#white || this.#lastGrapheme(next);
      this.#full.push(this.#cutOff(cut));
    }
  }

  /** The last place between two graphemes; the end where a single one fills the whole chunk. */
  #lastGrapheme(next: string): number {
    const segments = graphemes.segment(this.#held.slice(0, this.#read) + next);
    return segments.containing(this.#read)?.index || this.#read;
  }

  #cutOff(position: number): string {
    const chunk = this.#held.slice(0, position);
    const moved = (at: number) => Math.max(0, at - position);
    this.#held = this.#held.slice(position);
    this.#bytes -= Buffer.byteLength(chunk);
    this.#read -= position;
    this.#blank = moved(this.#blank);
    this.#blankBefore = moved(this.#blankBefore);
    this.#line = moved(this.#line);
    this.#white = moved(this.#white);
    this.#run = moved(this.#run);
    this.#stop = moved(this.#stop);
    this.#searched = moved(this.#searched);
    this.#joints = this.#joints.map(moved).filter((joint) => joint > 0);
    return chunk;
  }
}
