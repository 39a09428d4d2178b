import type { ComponentChildren } from "preact";
import { linkTo, safeLink } from "../../shared/links.ts";
import { Fact } from "./details-pane.tsx";

/** So deep is a value unfolded; what lies deeper is shown as JSON. */
const DEPTH = 3;

/** A structured value, as people read it. */
export function Values({ values, depth = 0 }: { values: Readonly<Record<string, unknown>>; depth?: number }) {
  return (
    <dl class={depth === 0 ? "facts" : "facts nested"}>
      {Object.entries(values).map(([name, value]) => (
        <Fact key={name} name={readable(name)}>
          {shown(value, depth)}
        </Fact>
      ))}
    </dl>
  );
}

/** `order_number` and `orderNumber` are Order number. */
export function readable(name: string): string {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/[_-]+/g, " ")
    .trim();
  return words === words.toUpperCase() ? words : words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

function shown(value: unknown, depth: number): ComponentChildren {
  if (value === null || value === "") return <span class="quiet">empty</span>;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") {
    return /^https?:/i.test(value) && safeLink(value) !== null ? <a {...linkTo(value)}>{value}</a> : value;
  }
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ");
  if (typeof value === "object" && depth < DEPTH) {
    return <Values values={value as Record<string, unknown>} depth={depth + 1} />;
  }
  return typeof value === "object" ? <code>{JSON.stringify(value)}</code> : String(value);
}
