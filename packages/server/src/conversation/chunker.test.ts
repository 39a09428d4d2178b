import { LIMITS } from "@parley/protocol";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Chunker } from "./chunker.ts";
import { MarkupScanner } from "./markup.ts";

afterEach(() => vi.restoreAllMocks());

/** What may go out when a text came in at once, and what stays behind. */
function cut(text: string): { sent: string[]; held: string } {
  const chunker = new Chunker();
  chunker.push(text);
  const sent = chunker.take();
  return { sent, held: chunker.finish().join("") };
}

/** All chunks of a message that comes in parts, with a look after each. */
function chunksOf(parts: Iterable<string>): string[] {
  const chunker = new Chunker();
  const chunks: string[] = [];
  for (const part of parts) {
    chunker.push(part);
    chunks.push(...chunker.take());
  }
  return [...chunks, ...chunker.finish()];
}

/** The positions in the text at which it was cut. */
function cutsOf(chunks: string[]): number[] {
  let position = 0;
  return chunks.slice(0, -1).map((chunk) => {
    position += chunk.length;
    return position;
  });
}

const kanji =
  "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた";
const unpunctuated =
  "吾輩は猫であるし名前はまだ無いしどこで生れたかとんと見当がつかぬし何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している";
const thai = "สวัสดีครับวันนี้อากาศดีมากเราไปเดินเล่นที่สวนสาธารณะกันไหมครับแล้วค่อยไปกินข้าวด้วยกันตอนเย็น";

describe("where a text is cut", () => {
  it.each([
    ["behind the last blank", "One two thr", "One two "],
    ["behind a blank that is the last", "One two ", "One two "],
    ["not in a word", "Understanding", ""],
    ["behind a blank rather than a line break", "One two\nthree", "One "],
    ["behind a line break where there is no blank", "One\ntwo", "One\n"],
    ["not before a line break, which would become a hard one", "One two \nthree", "One "],
    ["not between CR and LF", "One\r", ""],
    ["not in an indentation", "- One\n    - ", "- One\n    - "],
    ["not in an indentation that is not over", "One:\n    ", "One:\n"],
    ["never white space alone", "  \n ", ""],
    ["not at a no-break space", "Bonjour\u{a0}! 10\u{202f}€", "Bonjour\u{a0}! "],
    ["behind an ideographic space", "東京\u{3000}京都", "東京\u{3000}"],
    ["not before a mark that belongs to the blank", "One \u{301}two", ""],

    [
      "not in a link's text",
      "See [our big menu](https://a.test/x) n",
      "See [our big menu](https://a.test/x) ",
    ],
    ["not in a link's text that is not over", "See [our big m", "See "],
    ["not in a link's title", 'See [menu](https://a.test "The big m', "See "],
    ["not in a link with brackets in its text", "See [a [b] c](u v) w", "See [a [b] c](u v) "],
    ["not in a link with parentheses in its target", "See [a](b (c) d) e", "See [a](b (c) d) "],
    ["not in an image", "See ![our big menu](m.png", "See "],
    ["not in a reference", "See [our menu][the m", "See "],
    ["not in an autolink", "See <https://a.test/x> n", "See <https://a.test/x> "],
    ["not in a bare URL", "See https://a.test/b,c", "See "],
    ["not in a task's box", "- [ ] Wash", "- [ ] "],
    ["behind a parenthesis that is no link", "Ask (if you like) me", "Ask (if you like) "],
    ["behind an escaped bracket", "A \\[b c d", "A \\[b c "],
    ["not in emphasis marks, but between its words", "A **big bold", "A **big "],
    ["not in inline code", "Run `npm ci --all", "Run "],
    ["behind inline code", "Run `npm ci` now", "Run `npm ci` "],
    ["not in inline code with longer delimiters", "Run ``a ` b`` c `` d", "Run ``a ` b`` c "],
    ["behind an escaped back-tick", "A \\` b c", "A \\` b "],
    ["not in a tag", 'A <a href="x" title="b c', "A "],
    ["behind a tag", 'A <a href="x">b</a> c', 'A <a href="x">b</a> '],
    ["behind a sign that opens no tag", "If a < b and c", "If a < b and "],
    ["not in an entity", "Fish &amp", "Fish "],
    ["behind what only looked like a link, once the paragraph is over", "A [b c\n\nd e", "A [b c\n\nd "],
    ["behind what only looked like code, once the paragraph is over", "A `b c\n\nd e", "A `b c\n\nd "],

    ["not in a fence", "So:\n```js\nlet a = 1;\n\nlet b", "So:\n"],
    ["behind a fence", "So:\n```js\nlet a = 1;\n```\nAnd", "So:\n```js\nlet a = 1;\n```\n"],
    ["not in a fence whose last line is not over", "```\nlet a = 1;\n``` ", ""],
    ["not behind a shorter fence", "````\na b\n```\nc d", ""],
    ["not behind a fence of another mark", "~~~\na b\n```\nc d", ""],
    ["not behind a fence with words behind it", "```\na b\n``` c\nd", ""],
    ["not in a fence in a list or a quotation", "- a:\n  > ```\n  > b c", "- "],
    ["behind inline code that looks like a fence", "```a b``` c d", "```a b``` c "],
    [
      "behind a fence that came before its inline code was over",
      "A ` b\n```\nc d\n```\ne f",
      "A ` b\n```\nc d\n```\ne ",
    ],
  ])("%s", (_name, text, sent) => {
    expect(cut(text)).toEqual({ sent: sent === "" ? [] : [sent], held: text.slice(sent.length) });
  });
});

describe("a script without spaces", () => {
  it("is not cut below 60 characters", () => {
    expect(cut(kanji.slice(0, 59)).sent).toEqual([]);
  });

  it("is cut behind the last punctuation", () => {
    expect(cut(kanji.repeat(2).slice(0, 60)).sent).toEqual([kanji.slice(0, kanji.lastIndexOf("。") + 1)]);
  });

  it("keeps closing quotation marks with what they close", () => {
    const text = `「${"猫".repeat(50)}。」と言った。」と言った人がいたそうだ`;
    expect(cut(text).sent).toEqual([`「${"猫".repeat(50)}。」と言った。」`]);
  });

  it.each([
    ["Japanese", unpunctuated],
    ["Thai", thai],
  ])("is cut between words where there is no punctuation: %s", (_name, text) => {
    const segments = [...new Intl.Segmenter("und", { granularity: "word" }).segment(text)];
    const [first = ""] = cut(text).sent;
    expect(first.length).toBeGreaterThan(30);
    expect(segments.map(({ index }) => index)).toContain(first.length);
  });

  it("is not cut in a URL, a link, code or beside markup", () => {
    const url = `https://ja.wikipedia.org/wiki/${unpunctuated}`;
    expect(cut(url).sent).toEqual([]);
    expect(cut(`[${unpunctuated}](https://a.test`).sent).toEqual([]);
    expect(cut(`\`${unpunctuated}`).sent).toEqual([]);
    expect(cut(`猫${"*".repeat(80)}猫`).sent).toEqual([]);
    expect(cut(`詳細は${url}。${kanji}`).sent).toEqual([
      `詳細は${url}。${kanji.slice(0, kanji.lastIndexOf("。") + 1)}`,
    ]);
  });

  it("leaves long words of other scripts whole", () => {
    for (const word of ["a".repeat(500), "/usr/lib,x.".repeat(40), "привет".repeat(50)]) {
      expect(cut(word).sent).toEqual([]);
    }
  });

  it.each([
    ["Japanese", unpunctuated.repeat(20)],
    ["Thai", thai.repeat(20)],
  ])(
    "comes in many chunks, one character at a time, cut as if it were known to its end: %s",
    (_name, text) => {
      const segments = new Intl.Segmenter("und", { granularity: "word" }).segment(text);
      const chunks = chunksOf(text);
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(80);
      for (const at of cutsOf(chunks)) expect(segments.containing(at)?.index).toBe(at);
    },
  );
});

describe("two kilobytes", () => {
  it("are cut at the best place before", () => {
    const text = "word ".repeat(1000);
    const chunks = chunksOf([text]);
    expect(chunks.slice(0, 2)).toEqual(["word ".repeat(409), "word ".repeat(409)]);
  });

  it("are cut between the words of a fence", () => {
    const chunks = chunksOf([`\`\`\`\n${"let a = 1;\n".repeat(400)}\`\`\`\n`]);
    expect(chunks.map((chunk) => chunk.length > 0)).toEqual([true, true, true, false]);
    for (const chunk of chunks.slice(0, -1)) expect(chunk).toMatch(/\s$/);
  });

  it.each([
    ["letters", "x".repeat(5000)],
    ["emoji", "😀".repeat(2000)],
    ["a family", "👨‍👩‍👧".repeat(400)],
    ["marks", `a${"\u{301}".repeat(3000)}`],
    ["halves of pairs", "\u{d83d}".repeat(3000)],
  ])("are cut without any such place: %s", (name, text) => {
    const chunks = chunksOf([text]);
    expect(chunks.join("")).toBe(text);
    for (const chunk of chunks) expect(Buffer.byteLength(chunk)).toBeLessThanOrEqual(LIMITS.chunkBytes);
    if (name === "a family") for (const chunk of chunks) expect(chunk).toMatch(/^(?:👨‍👩‍👧)*$/u);
    if (name === "emoji") for (const chunk of chunks) expect(chunk.isWellFormed()).toBe(true);
  });
});

it("takes surrogate pairs that come in halves as one character", () => {
  const text = "😀".repeat(5000);
  expect(chunksOf(text.split(""))).toEqual(chunksOf([text]));
});

it.each(["word ", "x", "[", "`a ", "<a ", unpunctuated, thai, "ㄦa", "```\na b\n", "\u{301}"])(
  "reads a character once, and seldom searches it, in a long message that comes by single ones: %j",
  (unit) => {
    const read = vi.spyOn(MarkupScanner.prototype, "read");
    const search = vi.spyOn(Intl.Segmenter.prototype, "segment");
    const text = unit.repeat(LIMITS.agentMessageBytes / Buffer.byteLength(unit));
    expect(chunksOf(text).join("")).toBe(text);
    expect(read).toHaveBeenCalledTimes([...text].length);
    const searched = search.mock.calls.reduce((sum, [part]) => sum + part.length, 0);
    // A run is at most as long as a chunk, and searched from its start again whenever it has grown by 20.
    expect(searched / text.length).toBeLessThan(LIMITS.chunkBytes / 2 / 20);
  },
);

describe("properties", () => {
  const alphabet = fc.constantFrom(
    ..."ab.,!:/[]()<>&`~*_\\\n\r\t #-猫は。、」สวั😀\u{301}\u{d83d}\u{a0}",
    "   ",
    "\n\n",
    "```\n",
    "\n~~~~",
    "https://a.test/",
    "</a>",
    "word ",
    "x".repeat(300),
    kanji,
  );
  const text = fc.array(alphabet, { maxLength: 300 }).map((units) => units.join(""));
  /** A text in parts, cut anywhere, also within a pair of surrogates. */
  const parts = text.chain((whole) =>
    fc.array(fc.nat(whole.length), { maxLength: 30 }).map((cuts) => {
      const positions = [0, ...cuts.sort((a, b) => a - b), whole.length];
      return positions.slice(1).map((end, i) => whole.slice(positions[i], end));
    }),
  );

  it("the chunks joined are the text, each within two kilobytes, none empty but the last", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const chunks = chunksOf(given);
        expect(chunks.join("")).toBe(given.join(""));
        for (const chunk of chunks) expect(Buffer.byteLength(chunk)).toBeLessThanOrEqual(LIMITS.chunkBytes);
        for (const chunk of chunks.slice(0, -1)) expect(chunk).not.toBe("");
      }),
      { numRuns: 500 },
    );
  });

  const word = fc.stringMatching(/^[a-zäß]{1,12}[,.]?$/u);
  /** What must stay in one piece. */
  const whole = fc.oneof(
    { weight: 6, arbitrary: word },
    word.map((path) => `https://a.test/${path}?b=(c),d`),
    fc.tuple(word, word).map(([a, b]) => `[${a} ${b}](https://a.test/${a} "${b} ${a}")`),
    fc.tuple(word, word).map(([a, b]) => `\`${a} ${b}\``),
    fc.tuple(word, word).map(([a, b]) => `<a href="${a}" title="${b}">`),
    fc.array(word, { maxLength: 20 }).map((lines) => `\n\`\`\`js\n${lines.join(" 1;\n\n")}\n\`\`\`\n`),
  );

  it("no cut is within a word, a link, code, a tag or a fence; every other one is behind white space", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(whole, fc.constantFrom(" ", "\n", "\n\n"))),
        fc.infiniteStream(fc.nat(40)),
        (pieces, sizes) => {
          const allowed = new Set<number>();
          let message = "";
          for (const [piece, space] of pieces) {
            message += piece + space;
            allowed.add(message.length);
            if (piece.startsWith("\n")) {
              allowed.add(message.length - space.length - piece.length + 1);
              allowed.add(message.length - space.length);
            }
            if (space === "\n\n") allowed.add(message.length - 1);
          }
          const given: string[] = [];
          for (let rest = message; rest !== ""; ) {
            const size = sizes.next().value + 1;
            given.push(rest.slice(0, size));
            rest = rest.slice(size);
          }
          for (const at of cutsOf(chunksOf(given))) {
            expect(allowed, JSON.stringify([message.slice(0, at), message.slice(at)])).toContain(at);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("plain words never wait: what is held is at most the last word", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (given) => {
        const chunker = new Chunker();
        chunker.push(given.join(" "));
        expect([chunker.take().join(""), chunker.finish().join("")]).toEqual([
          given
            .slice(0, -1)
            .map((one) => `${one} `)
            .join(""),
          given.at(-1),
        ]);
      }),
    );
  });
});
