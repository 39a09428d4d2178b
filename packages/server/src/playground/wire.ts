import { copy } from "./clipboard.ts";
import { byId, el, plural } from "./dom.ts";
import { summarize } from "./frames.ts";
import { type Sightings, shortened } from "./inspector.ts";
import { prettyJson } from "./json.ts";

/** Older rows go: a browser is quick with so many. */
const MAX_ROWS = 1_000;
const MAX_HINT = 120;

const ARROWS = { in: "↓", out: "↑", http: "⇅", "link-event": "•" };
type Direction = keyof typeof ARROWS;

interface Row {
  readonly at: Date;
  readonly direction: Direction;
  readonly type: string;
  /** What is shown and copied. */
  readonly data: unknown;
  readonly node: HTMLDetailsElement;
}

/** The wire: what passed between this page and the server, newest last. */
export class Wire implements Sightings {
  readonly #filter = byId<HTMLInputElement>("filter");
  readonly #changed: () => void;
  #rows: Row[] = [];
  #words: string[] = [];

  /** @param changed is called when `render` has something new to show */
  constructor(changed: () => void) {
    this.#changed = changed;
    this.#filter.addEventListener("input", () => this.#sift());
    byId("clear").addEventListener("click", () => this.#clear());
    byId("copy").addEventListener("click", () => void copy(this.#text(), byId("copy")));
  }

  request(path: string, data: object, status: number | "failed", ms: number): void {
    this.#record("http", `POST ${path}`, data, { sequence: String(status), hint: `${Math.round(ms)} ms` });
  }

  connecting(url: string): void {
    const { pathname, searchParams } = new URL(url);
    searchParams.set("access_token", shortened(searchParams.get("access_token") ?? ""));
    const shown = `${pathname}?${decodeURIComponent(String(searchParams))}`;
    this.#record("link-event", "connect", { url: shown }, { hint: `cursor ${searchParams.get("cursor")}` });
  }

  frame(direction: "in" | "out", frame: object): void {
    const { type, ...marks } = summarize(frame);
    this.#record(direction, type, frame, marks);
  }

  closed(code: number, reason: string, wasOpen: boolean): void {
    this.#record("link-event", wasOpen ? `closed ${code}` : "upgrade failed", { code, reason });
  }

  /** A socket is given up: by the client, or by who looks on. */
  dropped(reason: string): void {
    this.#record("link-event", "dropped", { reason }, { hint: reason });
  }

  render(): void {
    const shown = this.#rows.filter(({ node }) => !node.hidden).length;
    const all = this.#rows.length;
    byId("wire-count").textContent =
      shown === all ? plural(shown, "row") : `${shown} of ${plural(all, "row")}`;
    byId("wire-empty").hidden = shown > 0;
    byId("wire-empty").textContent =
      all > 0 ? "Nothing matches the filter." : "Every frame between this page and the server shows up here.";
  }

  #record(
    direction: Direction,
    type: string,
    data: unknown,
    { sequence = "", hint = "" }: { sequence?: string; hint?: string } = {},
  ): void {
    const at = new Date();
    const summary = el(
      "summary",
      {},
      el("span", { class: "arrow", "aria-hidden": "true" }, ARROWS[direction]),
      el("span", { class: "type" }, type),
      el("span", { class: "hint" }, hint.slice(0, MAX_HINT)),
      el("span", { class: "seq" }, sequence),
      el("time", { title: "UTC" }, at.toISOString().slice(11, 23)),
    );
    const node = el("details", { class: `row ${direction}` }, summary);
    // Made when somebody looks: a thousand rows of up to 128 KB would be slow to make ahead.
    node.addEventListener("toggle", () => {
      if (node.open && node.childElementCount === 1) node.append(prettyJson(data));
    });
    const row = { at, direction, type, data, node };
    node.hidden = !this.#matches(row);
    this.#rows.push(row);
    byId("rows").append(node);
    if (this.#rows.length > MAX_ROWS) this.#rows.shift()?.node.remove();
    this.#changed();
  }

  /** Every word of the filter must occur, and those with a minus must not. */
  #matches({ data, type }: Pick<Row, "data" | "type">): boolean {
    if (this.#words.length === 0) return true;
    const text = `${type} ${JSON.stringify(data)}`.toLowerCase();
    return this.#words.every((word) =>
      /^-./.test(word) ? !text.includes(word.slice(1)) : text.includes(word),
    );
  }

  #sift(): void {
    this.#words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of this.#rows) row.node.hidden = !this.#matches(row);
    this.#changed();
  }

  #clear(): void {
    this.#rows = [];
    byId("rows").replaceChildren();
    this.#changed();
  }

  #text(): string {
    return this.#rows.map(({ at, data, direction }) => JSON.stringify({ at, direction, data })).join("\n");
  }
}
