/** A run of back-ticks or tildes: a fence's line, or the delimiter of inline code. */
interface Run {
  mark: string;
  length: number;
  /** Only white space or quote marks stood before it in its line. */
  leads: boolean;
}

/**
 * Follows Markdown character by character, as far as is needed to know where a cut would do harm: inside a code fence,
 * inline code, a link or an HTML tag. Where it cannot know yet (`[` may be a link or a plain bracket) it counts as
 * inside until the paragraph is over, since inline markup does not reach across a blank line (CommonMark 0.31, 4.8).
 */
export class MarkupScanner {
  #fence: { mark: string; length: number } | null = null;
  /** The line that opened the fence is still being read: a back-tick in it makes it inline code after all. */
  #infoLine = false;
  /** The fence ends with this line, unless something other than white space follows. */
  #closing = false;
  #run: Run | null = null;
  /** The length of the run that opened the inline code; 0 outside. */
  #code = 0;
  #brackets = 0;
  /** The brackets were closed by the last character: a parenthesis now is the link's target. */
  #bracketsClosed = false;
  #parentheses = 0;
  #tag = false;
  /** The last character was a `<`. */
  #angle = false;
  #escaped = false;
  #lineIsBlank = true;

  /** Whether a cut behind the last character would be inside of something. */
  get isOpen(): boolean {
    return this.#fence !== null || this.#code + this.#brackets + this.#parentheses > 0 || this.#tag;
  }

  /** @param char one code point */
  read(char: string): void {
    if (char === "`" || char === "~") {
      this.#mark(char);
      return;
    }
    if (this.#run !== null) this.#endRun(this.#run);
    if (char === "\n") this.#endLine();
    else if (char === " " || char === "\t" || char === "\r")
      this.#bracketsClosed = this.#angle = this.#escaped = false;
    else this.#content(char);
  }

  #mark(char: string): void {
    if (this.#escaped && this.#fence === null && this.#code === 0) {
      this.#content(char);
      return;
    }
    if (this.#infoLine && char === "`" && this.#fence?.mark === "`") {
      this.#code = this.#fence.length;
      this.#fence = null;
      this.#infoLine = false;
    }
    if (this.#run?.mark === char) {
      this.#run.length += 1;
      return;
    }
    if (this.#run !== null) this.#endRun(this.#run);
    this.#run = { mark: char, length: 1, leads: this.#lineIsBlank };
    this.#lineIsBlank = this.#closing = this.#bracketsClosed = this.#angle = false;
  }

  #endRun({ mark, length, leads }: Run): void {
    this.#run = null;
    if (this.#fence !== null) {
      this.#closing = leads && mark === this.#fence.mark && length >= this.#fence.length;
    } else if (leads && length >= 3) {
      this.#endInlines();
      this.#fence = { mark, length };
      this.#infoLine = true;
    } else if (mark === "`" && !this.#tag) {
      if (this.#code === 0) this.#code = length;
      else if (this.#code === length) this.#code = 0;
    }
  }

  #endLine(): void {
    if (this.#closing) this.#fence = null;
    else if (this.#lineIsBlank && this.#fence === null) this.#endInlines();
    this.#infoLine = this.#closing = this.#bracketsClosed = this.#angle = this.#escaped = false;
    this.#lineIsBlank = true;
  }

  #endInlines(): void {
    this.#code = this.#brackets = this.#parentheses = 0;
    this.#tag = false;
  }

  #content(char: string): void {
    const [bracketsClosed, angle, escaped] = [this.#bracketsClosed, this.#angle, this.#escaped];
    this.#bracketsClosed = this.#angle = this.#escaped = this.#closing = false;
    this.#lineIsBlank &&= char === ">";
    if (this.#fence !== null || this.#code > 0 || escaped) return;
    if (char === "\\") this.#escaped = true;
    else if (this.#tag) this.#tag = char !== ">";
    else if (angle && /[a-z/!?]/i.test(char)) this.#tag = true;
    else if (char === "<") this.#angle = true;
    else if (this.#parentheses > 0) this.#parentheses += char === "(" ? 1 : char === ")" ? -1 : 0;
    else if (char === "[") this.#brackets += 1;
    else if (char === "]" && this.#brackets > 0) this.#bracketsClosed = --this.#brackets === 0;
    else if (char === "(" && bracketsClosed) this.#parentheses = 1;
  }
}
