import type { Conversation } from "@parley/client";
import { byId, el, icon } from "./dom.ts";
import { type Item, itemsOf, type Line } from "./items.ts";
import { type MessageLook, messageNode } from "./message.ts";
import type { Shown } from "./talk.ts";

interface Drawn {
  readonly item: Item;
  /** All that the node shows beside its item. */
  readonly look: string;
  readonly node: HTMLElement;
}

/** The list of the chat. What has not changed keeps its node: the selection, focus and scroll within it. */
export class Transcript {
  readonly #list = byId("messages");
  readonly #chat: () => Conversation;
  #drawn = new Map<string, Drawn>();

  constructor(chat: () => Conversation) {
    this.#chat = chat;
  }

  render(shown: Shown): void {
    const items = itemsOf(shown);
    const drawn = new Map<string, Drawn>();
    for (const [index, item] of items.entries()) {
      const known = this.#drawn.get(item.id);
      const now = this.#draw(item, items[index - 1], items[index + 1], shown, known);
      if (known === undefined) now.node.classList.add("arrive");
      else if (known !== now) known.node.replaceWith(now.node);
      drawn.set(item.id, now);
      const there = this.#list.children[index];
      if (there !== now.node) this.#list.insertBefore(now.node, there ?? null);
    }
    while (this.#list.childElementCount > items.length) this.#list.lastElementChild?.remove();
    this.#drawn = drawn;
  }

  #draw(
    item: Item,
    before: Item | undefined,
    after: Item | undefined,
    { agent, ended }: Shown,
    known: Drawn | undefined,
  ): Drawn {
    if (item.kind === "message") {
      const isFirst =
        before?.kind !== "message" || before.author !== item.author || before.name !== item.name;
      const isLast = after?.kind !== "message" || after.author !== item.author;
      const look = `${isFirst} ${isLast} ${ended}`;
      if (known?.item === item && known.look === look) return known;
      const retry: MessageLook["retry"] = ended === null ? () => this.#retry(item.id) : null;
      return { item, look, node: messageNode(item, { isFirst, isLast, retry }) };
    }
    const label = ended === null ? labelOf(item, agent?.name) : null;
    const look = `${item.kind} ${item.text} ${label}`;
    return known?.look === look ? known : { item, look, node: this.#lineNode(item, label) };
  }

  #lineNode({ kind, text }: Line, label: string | null): HTMLElement {
    const onclick = () => this.#chat().connection.join();
    const action = label !== null && el("button", { class: "link", type: "button", onclick }, label);
    if (kind === "line") return el("li", { class: "line" }, text, action);
    const look = kind === "warning" ? "notice soft" : "notice";
    return el("li", { class: look }, icon("alert"), el("span", {}, text), action);
  }

  #retry(id: string): void {
    this.#chat().retry(id);
    byId("text").focus();
  }
}

function labelOf({ remedy }: Line, agent: string | undefined): string | null {
  if (remedy === null) return null;
  return remedy === "bring-back" ? `Bring ${agent || "the agent"} back` : "Try again";
}
