import { el } from "./dom.ts";
import { anchor, safeLink } from "./links.ts";

/** Every quantifier is bounded, for text of any shape. */
const INLINE = new RegExp(
  [
    /\\(?<escaped>[\\`*_{}[\]()#+.!>~|-])/,
    /(?<ticks>`{1,3})(?<code>[^`]{1,2000})\k<ticks>/,
    /!?\[(?<label>[^[\]]{1,500})\]\((?<target>(?:[^\s()]|\([^\s()]{0,500}\)){1,2000})\)/,
    /(?<fat>\*\*|__)(?=\S)(?<strong>(?:(?!\k<fat>)[\s\S]){1,2000})(?<!\s)\k<fat>/,
    /~~(?=\S)(?<struck>[^~]{1,2000})~~/,
    /\*(?=[^\s*])(?<star>[^*]{1,2000})\*(?!\*)/,
    /(?<!\w)_(?=[^\s_])(?<underscore>[^_]{1,2000})_(?!\w)/,
    /(?<bare>https?:\/\/[^\s<>"'()[\]]{1,2000}[^\s<>"'()[\].,;:!?*_])/,
  ]
    .map((rule) => rule.source)
    .join("|"),
  "gi",
);

/** Emphasis within emphasis, at most so deep. */
const MAX_DEPTH = 5;

/** Markdown within a line to DOM nodes. What it does not know stays text. */
export function inline(text: string, isLinked = false, depth = 0): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let end = 0;
  for (const match of depth > MAX_DEPTH ? [] : text.matchAll(INLINE)) {
    const {
      escaped,
      code,
      label,
      target = "",
      strong,
      struck,
      star,
      underscore = "",
      bare,
    } = match.groups ?? {};
    const within = (tag: "strong" | "s" | "em", content: string) =>
      el(tag, {}, ...inline(content, isLinked, depth + 1));
    nodes.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (escaped) nodes.push(escaped);
    else if (code) nodes.push(el("code", {}, code));
    else if (label) {
      const url = isLinked ? null : safeLink(target);
      nodes.push(url ? anchor(url, {}, ...inline(label, true, depth + 1)) : label);
    } else if (bare) nodes.push(isLinked ? bare : anchor(bare, {}, bare));
    else if (strong) nodes.push(within("strong", strong));
    else if (struck) nodes.push(within("s", struck));
    else nodes.push(within("em", star ?? underscore));
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}
