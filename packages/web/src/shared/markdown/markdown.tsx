import "./markdown.css";
import type { ComponentChildren } from "preact";
import { memo } from "../memo.ts";
import { inline } from "./inline.tsx";
import { parseTable, startsTable } from "./table.ts";

const FENCE = /^\s{0,3}(```+|~~~+)\s*([\w+#.-]*)/;
const BULLET = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^\s*>\s?/;

const startsBlock = (line: string) =>
  !line.trim() || [FENCE, BULLET, HEADING, RULE, QUOTE].some((rule) => rule.test(line));

/**
 * Markdown as elements: never as HTML, so that nothing in it can become markup of its own. Text that is still growing is
 * shown as far as it is whole; an open block of code is one already.
 */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return <div class="markdown">{blocks(text.split("\n"))}</div>;
});

/** Quotes within quotes, and lists within lists, at most so deep: what is deeper stays text. */
const MAX_DEPTH = 6;

function blocks(lines: string[], depth = 0): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  /** Takes the lines from here on for which `more` holds; always at least one, so that the loop goes on. */
  const take = (more: (line: string, next: string | undefined) => boolean) => {
    const end = lines.findIndex((line, index) => index > 0 && !more(line, lines[index + 1]));
    return lines.splice(0, end < 0 ? lines.length : end);
  };
  for (let line = lines[0]; line !== undefined; line = lines[0]) {
    const fence = FENCE.exec(line);
    if (!line.trim()) lines.shift();
    else if (fence) {
      const body = take((next) => !next.trim().startsWith(fence[1] ?? "")).slice(1);
      lines.shift();
      found.push(code(body.join("\n"), fence[2]));
    } else if (RULE.test(line)) {
      lines.shift();
      found.push(<hr />);
    } else if (HEADING.test(line)) {
      lines.shift();
      found.push(<p class="heading">{inline(line.replace(HEADING, "$1"))}</p>);
    } else if (QUOTE.test(line) && depth < MAX_DEPTH) {
      const quoted = take((next) => QUOTE.test(next)).map((next) => next.replace(QUOTE, ""));
      found.push(<blockquote>{blocks(quoted, depth + 1)}</blockquote>);
    } else if (startsTable(line, lines[1])) {
      found.push(table(take((next) => next.includes("|"))));
    } else if (BULLET.test(line)) {
      found.push(list(take((next) => BULLET.test(next) || /^\s+\S/.test(next))));
    } else {
      const words = take((next, after) => !startsBlock(next) && !startsTable(next, after));
      found.push(<p>{inline(words.join("\n"))}</p>);
    }
  }
  return found;
}

/** Long lines are scrolled, by keyboard too. */
const code = (text: string, language: string | undefined) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1]
  <pre tabIndex={0} data-language={language || undefined} dir="ltr">
    <code>{text}</code>
  </pre>
);

function table(lines: readonly string[]) {
  const { head, rows, align } = parseTable(lines);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1]
    <div class="table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th class={align[column]}>{inline(cell)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, column) => (
                <td class={align[column]}>{inline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const indentOf = (line: string) => BULLET.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY;

/** The lines of one list; deeper indentation is a list within the item above it. */
function list(lines: readonly string[], depth = 0): ComponentChildren {
  const [first = ""] = lines;
  const number = BULLET.exec(first)?.[2];
  const items: ComponentChildren[] = [];
  for (let at = 0; at < lines.length; ) {
    let next = at + 1;
    while (next < lines.length && indentOf(lines[next] ?? "") > indentOf(first)) next++;
    const inner = lines.slice(at + 1, next);
    const nested = depth < MAX_DEPTH ? inner.findIndex((line) => BULLET.test(line)) : -1;
    const own = inner.slice(0, nested < 0 ? inner.length : nested).map((line) => line.trim());
    const text = [(lines[at] ?? "").replace(BULLET, "$3"), ...own].join(" ");
    items.push(
      <li>
        {inline(text)}
        {nested < 0 ? null : list(inner.slice(nested), depth + 1)}
      </li>,
    );
    at = next;
  }
  return number ? <ol start={Number(number)}>{items}</ol> : <ul>{items}</ul>;
}
