import { el } from "./dom.ts";
import { inline } from "./inline.ts";

const FENCE = /^\s{0,3}(```|~~~)/;
const BULLET = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.+)$/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^\s*>\s?/;
const startsBlock = (line: string) =>
  !line.trim() || [FENCE, BULLET, HEADING, RULE, QUOTE].some((rule) => rule.test(line));

/** Markdown to DOM nodes: never to HTML, so that nothing in it can become markup of its own. */
export function markdown(text: string): HTMLElement[] {
  const lines = text.split("\n");
  const blocks: HTMLElement[] = [];
  /** Takes the lines from here on for which `more` holds; always at least one, so that the loop goes on. */
  const take = (more: (line: string) => boolean) => {
    const end = lines.findIndex((line, index) => index > 0 && !more(line));
    return lines.splice(0, end < 0 ? lines.length : end);
  };
  for (let line = lines[0]; line !== undefined; line = lines[0]) {
    if (!line.trim()) lines.shift();
    else if (FENCE.test(line)) {
      const body = take((next) => !FENCE.test(next)).slice(1);
      lines.shift();
      blocks.push(el("pre", { tabindex: 0 }, el("code", {}, body.join("\n"))));
    } else if (RULE.test(line)) {
      lines.shift();
      blocks.push(el("hr"));
    } else if (HEADING.test(line)) {
      lines.shift();
      blocks.push(el("p", { class: "heading" }, ...inline(line.replace(HEADING, "$1"))));
    } else if (QUOTE.test(line)) {
      const quoted = take((next) => QUOTE.test(next)).map((next) => next.replace(QUOTE, ""));
      blocks.push(el("blockquote", {}, el("p", {}, ...inline(quoted.join("\n")))));
    } else if (BULLET.test(line)) {
      blocks.push(list(take((next) => BULLET.test(next) || /^\s+\S/.test(next))));
    } else blocks.push(el("p", {}, ...inline(take((next) => !startsBlock(next)).join("\n"))));
  }
  return blocks;
}

const indentOf = (line: string) => BULLET.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY;

/** The lines of one list; deeper indentation is a list within the item above it. */
function list(lines: readonly string[]): HTMLElement {
  const [first = ""] = lines;
  const number = BULLET.exec(first)?.[2];
  const node = number ? el("ol", { start: number !== "1" && number }) : el("ul");
  for (let at = 0; at < lines.length; ) {
    let next = at + 1;
    while (next < lines.length && indentOf(lines[next] ?? "") > indentOf(first)) next++;
    const inner = lines.slice(at + 1, next);
    const found = inner.findIndex((line) => BULLET.test(line));
    const nested = found < 0 ? inner.length : found;
    const own = [
      (lines[at] ?? "").replace(BULLET, "$3"),
      ...inner.slice(0, nested).map((line) => line.trim()),
    ];
    node.append(el("li", {}, ...inline(own.join(" ")), found < 0 ? null : list(inner.slice(nested))));
    at = next;
  }
  return node;
}
