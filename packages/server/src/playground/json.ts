import { el } from "./dom.ts";

const TOKENS = /("(?:\\.|[^"\\])*")(:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** JSON to read, its keys and values told apart. */
export function prettyJson(data: unknown): HTMLElement {
  const text = JSON.stringify(data, null, 2);
  const pre = el("pre", { tabindex: 0 });
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const token = match[1] ?? match[0];
    const look = match[2] ? "key" : match[1] ? "string" : "literal";
    pre.append(text.slice(end, match.index), el("span", { class: look }, token));
    end = match.index + token.length;
  }
  pre.append(text.slice(end));
  return pre;
}
