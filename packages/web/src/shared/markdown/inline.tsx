import type { ComponentChildren } from "preact";
import { linkTo, safeLink } from "../links.ts";

/** Every quantifier is bounded, for text of any shape. */
const INLINE = new RegExp(
  [
    /\\(?<escaped>[\\`*_{}[\]()#+.!>~|<-])/,
    /(?<ticks>`{1,3})(?<code>[^`]{1,2000})\k<ticks>/,
    /!?\[(?<label>[^[\]]{1,500})\]\((?<target>(?:[^\s()]|\([^\s()]{0,500}\)){1,2000})(?:\s+"[^"]{0,500}")?\)/,
    /(?<fat>\*\*|__)(?=\S)(?<strong>(?:(?!\k<fat>)[\s\S]){1,2000})(?<!\s)\k<fat>/,
    /~~(?=\S)(?<struck>[^~]{1,2000})~~/,
    /\*(?=[^\s*])(?<star>[^*]{1,2000})\*(?!\*)/,
    /(?<!\w)_(?=[^\s_])(?<underscore>[^_]{1,2000})_(?!\w)/,
    /<(?<tag>b|strong|i|em|u|s|del|code|kbd|mark|sub|sup)>(?<tagged>(?:(?!<\/?\k<tag>>)[\s\S]){0,2000})<\/\k<tag>>/,
    /(?<break><br\s*\/?>)/,
    /<(?<auto>https?:\/\/[^\s<>]{1,2000})>/,
    /(?<bare>https?:\/\/[^\s<>"'()[\]]{1,2000}[^\s<>"'()[\].,;:!?*_])/,
  ]
    .map((rule) => rule.source)
    .join("|"),
  "gi",
);

/** Emphasis within emphasis, at most so deep. */
const MAX_DEPTH = 5;

/** Markdown within a line, and the few HTML tags that agents write. What it does not know stays text. */
export function inline(text: string, isLinked = false, depth = 0): ComponentChildren[] {
  const nodes: ComponentChildren[] = [];
  const link = (url: string, children: ComponentChildren) => <a {...linkTo(url)}>{children}</a>;
  let end = 0;
  for (const match of depth > MAX_DEPTH ? [] : text.matchAll(INLINE)) {
    const found = match.groups ?? {};
    const within = (content = "") => inline(content, isLinked, depth + 1);
    nodes.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (found.escaped) nodes.push(found.escaped);
    else if (found.code) nodes.push(<code>{found.code}</code>);
    else if (found.label) {
      const url = isLinked ? null : safeLink(found.target ?? "");
      nodes.push(url ? link(url, inline(found.label, true, depth + 1)) : found.label);
    } else if (found.strong) nodes.push(<strong>{within(found.strong)}</strong>);
    else if (found.struck) nodes.push(<s>{within(found.struck)}</s>);
    else if (found.break) nodes.push(<br />);
    else if (found.tag) {
      const Tag = found.tag.toLowerCase() as "b";
      nodes.push(<Tag>{within(found.tagged)}</Tag>);
    } else if (found.auto ?? found.bare) {
      const url = found.auto ?? found.bare ?? "";
      nodes.push(isLinked ? url : link(url, url));
    } else nodes.push(<em>{within(found.star ?? found.underscore)}</em>);
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}
