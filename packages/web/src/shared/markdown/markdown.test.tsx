import fc from "fast-check";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown.tsx";

const html = (text: string) =>
  renderToString(<Markdown text={text} />)
    .replace(/^<div class="markdown">/, "")
    .replace(/<\/div>$/, "");

const link = (url: string, text: string) =>
  `<a href="${url}" target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;

describe("Markdown", () => {
  it.each([
    ["paragraphs", "one\n\ntwo", "<p>one</p><p>two</p>"],
    ["a line break", "one\ntwo", "<p>one\ntwo</p>"],
    [
      "emphasis",
      "**fat** *thin* _also_ ~~gone~~",
      "<p><strong>fat</strong> <em>thin</em> <em>also</em> <s>gone</s></p>",
    ],
    ["emphasis within emphasis", "**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"],
    ["stars that are none", "2 * 3 * 4, a_b_c", "<p>2 * 3 * 4, a_b_c</p>"],
    ["code", "use `a*b*c`", "<p>use <code>a*b*c</code></p>"],
    ["an escape", "\\*not\\*", "<p>*not*</p>"],
    ["a link", "[here](https://a.example/x)", `<p>${link("https://a.example/x", "here")}</p>`],
    ["a link with a title", '[a](https://a.example "t")', `<p>${link("https://a.example", "a")}</p>`],
    [
      "a bare link",
      "see https://a.example/x.",
      `<p>see ${link("https://a.example/x", "https://a.example/x")}.</p>`,
    ],
    ["a link in angles", "<https://a.example>", `<p>${link("https://a.example", "https://a.example")}</p>`],
    ["a telephone", "[call](tel:+123)", '<p><a href="tel:+123" rel="noopener noreferrer">call</a></p>'],
    [
      "a picture as a link",
      "![p](https://a.example/p.png)",
      `<p>${link("https://a.example/p.png", "p")}</p>`,
    ],
    ["a heading", "## Big ##", '<p class="heading">Big</p>'],
    ["a rule", "a\n\n---", "<p>a</p><hr/>"],
    ["a quote", "> **a**\n> b", "<blockquote><p><strong>a</strong>\nb</p></blockquote>"],
    ["a list", "- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"],
    ["a list that counts on", "3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
    ["HTML that is known", "a<br>b <b>c</b> <sub>d</sub>", "<p>a<br/>b <b>c</b> <sub>d</sub></p>"],
    [
      "code that is still growing",
      "```js\nlet a",
      '<pre tabindex="0" data-language="js" dir="ltr"><code>let a</code></pre>',
    ],
    [
      "a longer fence",
      "````\n```\n````\nafter",
      '<pre tabindex="0" dir="ltr"><code>```</code></pre><p>after</p>',
    ],
  ])("shows %s", (_, text, expected) => {
    expect(html(text)).toBe(expected);
  });

  it("shows a table, and a bar within a cell", () => {
    const shown = html("| a | b |\n|:--|--:|\n| 1 \\| 2 | **3** |\n\nafter");
    expect(shown).toContain('<th class="start">a</th><th class="end">b</th>');
    expect(shown).toContain('<td class="start">1 | 2</td><td class="end"><strong>3</strong></td>');
    expect(shown).toMatch(/<p>after<\/p>$/);
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x]( vbscript:a)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<b onclick=alert(1)>x</b>",
    "<iframe src=//a.example></iframe>",
    "`<script>`",
  ])("makes nothing that runs of %s", (text) => {
    expect(html(text)).not.toMatch(/<(script|img|iframe|a href="(?!https?:))|<[^>]+ on\w+=/i);
  });

  it("makes no element of any text but those it knows, and loses no word", () => {
    const piece = fc.constantFrom(
      "a",
      "b ",
      "*",
      "**",
      "_",
      "`",
      "```",
      "\n",
      "\n\n",
      "- ",
      "1. ",
      "> ",
      "|",
      "|--|",
      "[",
      "](",
      ")",
      "<",
      ">",
      "</b>",
      "<b>",
      "#",
      "javascript:",
      "https://a.example",
      "\\",
      "~~",
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const shown = html(text);
        const names = [...shown.matchAll(/<([a-z]+)/g)].map(([, name]) => name);
        const known =
          "p strong em s code pre a hr br b blockquote ul ol li div table thead tbody tr th td".split(" ");
        expect(names.filter((name) => !known.includes(name ?? ""))).toEqual([]);
        expect(shown).not.toMatch(/href="(?!https?:|mailto:|tel:)/);
      }),
      { numRuns: 300 },
    );
  });

  it("takes long hostile text in its stride", () => {
    const before = performance.now();
    for (const unit of ["*", "[", "_a", "`", "> ", "- \n", "<b>", "|"]) html(unit.repeat(20_000));
    html(Array.from({ length: 2_000 }, (_, index) => `${" ".repeat(index)}- a`).join("\n"));
    // Milliseconds; what grows with the square of the text takes minutes.
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
