const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** Characters that are shown in colour: a browser is slow with more. */
const MAX_COLOURED = 60_000;

/** JSON to read, its keys and values told apart. */
export function JsonView({ data, label }: { data: unknown; label: string }) {
  const text = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1]
    <section class="json" tabIndex={0} aria-label={label}>
      <pre>{text.length > MAX_COLOURED || typeof data === "string" ? text : coloured(text)}</pre>
    </section>
  );
}

function coloured(text: string) {
  const parts: preact.ComponentChild[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const token = match[1] ?? match[0];
    parts.push(text.slice(end, match.index));
    parts.push(<span class={match[2] ? "key" : match[1] ? "string" : "literal"}>{token}</span>);
    end = match.index + token.length;
  }
  parts.push(text.slice(end));
  return parts;
}
