import "./launcher.css";
import type { BubbleOptions, IconAnimation, WebchatConfig } from "../api.ts";
import type { LauncherTexts } from "../config.ts";

/** Where a panel beside the page would be too small to use: phones, and a window zoomed to 200 %. */
const SMALL = "(max-width: 480px), (max-height: 520px)";

/** What a window loses in height to a keyboard, and to nothing else, pixels. */
const KEYBOARD = 120;

/** How each animation of the launcher moves. */
const MOTIONS: Readonly<Record<NonNullable<IconAnimation["type"]>, string[]>> = {
  bounce: ["none", "translateY(-14px)", "none", "translateY(-7px)", "none"],
  grow: ["none", "scale(1.25)", "none"],
  pulse: ["none", "scale(1.1)", "none", "scale(1.1)", "none"],
};

const CROSS = "M6 6l12 12M18 6L6 18";
const CHAT = "M4.5 18.5v-11A2.5 2.5 0 0 1 7 5h10a2.5 2.5 0 0 1 2.5 2.5v6A2.5 2.5 0 0 1 17 16H8z";

/** What the view tells. */
export interface ViewHandlers {
  open(): void;
  close(): void;
  /** How it is shown has changed: the window's size, the system's theme. */
  changed(): void;
}

/**
 * All that stands on the page: a launcher and a panel, in a shadow root of their own. Nothing of the page's style comes in,
 * and nothing goes out; a policy without `unsafe-inline` allows it, since no style is written as text of the page.
 */
export class View {
  readonly #config: WebchatConfig;
  readonly #handlers: ViewHandlers;
  readonly #host = el("div", "");
  readonly #icon = button("icon", CHAT, CROSS);
  readonly #badge = el("span", "badge");
  readonly #dialog = el("dialog", "");
  readonly #words = button("words");
  readonly #dismiss = button("dismiss", CROSS);
  readonly #bubble = el("div", "bubble");
  readonly #small = matchMedia(SMALL);
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #stop = new AbortController();
  #texts: LauncherTexts;
  #unread = 0;
  #bubbleTimer = 0;
  #isIconWanted: boolean;
  /** Had the focus before the panel took it. */
  #before: Element | null = null;

  constructor(config: WebchatConfig, css: string, texts: LauncherTexts, handlers: ViewHandlers) {
    this.#config = config;
    this.#texts = texts;
    this.#handlers = handlers;
    this.#isIconWanted = config.showIcon && !this.#isWhole;
    this.#build(css);
  }

  get #isWhole(): boolean {
    return this.#config.renderMode === "fullscreen";
  }

  get isFull(): boolean {
    return this.#isWhole || this.#small.matches;
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  get theme(): "light" | "dark" {
    const { theme } = this.#config;
    if (theme !== "system") return theme;
    return this.#dark.matches ? "dark" : "light";
  }

  /** What the panel is called. */
  get title(): string {
    return this.#config.title || this.#texts.title;
  }

  set texts(texts: LauncherTexts) {
    this.#texts = texts;
    this.#draw();
  }

  set unread(count: number) {
    this.#unread = count;
    this.#draw();
  }

  set hasIcon(isWanted: boolean) {
    this.#isIconWanted = isWanted;
    this.#draw();
  }

  /** Puts the panel's frame in its place; it begins to load there. */
  hold(frame: HTMLIFrameElement): void {
    this.#dialog.replaceChildren(frame);
  }

  open(): void {
    const { activeElement } = document;
    this.#before = activeElement === this.#host || activeElement === document.body ? null : activeElement;
    this.#show();
    this.bubble("");
  }

  /** The focus goes back to where it came from. */
  close(): void {
    this.#dialog.close();
    this.#draw();
    ((this.#before as HTMLElement | null) ?? this.#icon).focus();
  }

  async animate({ type = "bounce", durationMs: duration = 1_000 }: IconAnimation): Promise<void> {
    const steps = MOTIONS[type];
    if (!steps) throw new TypeError(`there is no animation ${type}`);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const keyframes = { transform: steps, easing: "ease-in-out" };
    // One that is broken off is over too.
    await this.#icon.animate(keyframes, { duration }).finished.catch(() => {});
  }

  bubble(text: string, { durationMs }: BubbleOptions = {}): void {
    clearTimeout(this.#bubbleTimer);
    this.#words.textContent = text;
    this.#bubble.hidden = text === "" || this.isOpen;
    if (durationMs) this.#bubbleTimer = window.setTimeout(() => this.bubble(""), durationMs);
  }

  destroy(): void {
    this.#stop.abort();
    this.bubble("");
    this.#host.remove();
  }

  #build(css: string): void {
    const host = this.#host;
    host.id = "parley-widget";
    host.dataset.position = this.#config.position;
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];

    const { close, open, changed } = this.#handlers;
    this.#icon.append(this.#badge);
    this.#icon.onclick = () => (this.isOpen ? close() : open());
    this.#words.onclick = open;
    this.#dismiss.onclick = () => {
      this.bubble("");
      this.#icon.focus();
    };
    this.#bubble.append(this.#words, this.#dismiss);
    // Read out when it comes.
    this.#bubble.role = "status";
    this.#bubble.hidden = true;
    // Escape in the page, while the panel is modal; within the frame the panel itself hears it.
    this.#dialog.oncancel = (event) => {
      event.preventDefault();
      close();
    };
    root.append(this.#dialog, this.#bubble, this.#icon);
    document.body.append(host);

    const { signal } = this.#stop;
    const redraw = () => {
      if (this.isOpen) this.#show();
      this.#draw();
      changed();
    };
    this.#small.addEventListener("change", redraw, { signal });
    this.#dark.addEventListener("change", redraw, { signal });
    for (const type of ["resize", "scroll"])
      visualViewport?.addEventListener(type, () => this.#fit(), { signal });
    this.#draw();
  }

  /** Beside the page as it is; over all of it, what is behind cannot be reached. */
  #show(): void {
    const isModal = this.isFull && !this.#isWhole;
    const dialog = this.#dialog;
    if (dialog.open && dialog.matches(":modal") !== isModal) dialog.close();
    // `show()` would take the focus, which is the user's until they ask for the chat.
    if (!isModal) dialog.open = true;
    else if (!dialog.open) dialog.showModal();
    this.#draw();
  }

  #draw(): void {
    const { isFull, isOpen, theme } = this;
    const { openChat, closeChat, unread, close } = this.#texts;
    const count = this.#unread;
    this.#host.dataset.theme = theme;
    this.#dialog.ariaLabel = this.title;
    this.#dialog.classList.toggle("full", isFull);
    this.#icon.classList.toggle("open", isOpen);
    this.#icon.hidden = !this.#isIconWanted || (isFull && isOpen);
    this.#icon.ariaExpanded = `${isOpen}`;
    this.#icon.ariaLabel =
      (isOpen ? closeChat : openChat) + (count ? `. ${unread.replace("{count}", `${count}`)}` : "");
    this.#badge.hidden = !count;
    this.#badge.textContent = count > 99 ? "99+" : `${count}`;
    this.#dismiss.ariaLabel = close;
    this.#fit();
  }

  /** Above the keyboard of a phone, which covers the window without changing its size. */
  #fit(): void {
    const { style, classList } = this.#dialog;
    const { height = 0, offsetTop = 0, scale = 2 } = visualViewport ?? {};
    // Somebody who zooms in looks at a part of it.
    const isFitted = this.isFull && scale === 1;
    style.height = isFitted ? `${height}px` : "";
    style.top = isFitted ? `${offsetTop}px` : "";
    classList.toggle("keyboard", isFitted && innerHeight - height > KEYBOARD);
  }
}

function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  node.className = name;
  return node;
}

/** @param icons the strokes of each, on a field of 24 by 24 */
function button(name: string, ...icons: string[]): HTMLButtonElement {
  const node = el("button", name);
  node.type = "button";
  for (const strokes of icons) {
    const [svg, path] = ["svg", "path"].map((tag) =>
      document.createElementNS("http://www.w3.org/2000/svg", tag),
    ) as [SVGElement, SVGElement];
    svg.setAttribute("viewBox", "0 0 24 24");
    path.setAttribute("d", strokes);
    svg.append(path);
    node.append(svg);
  }
  return node;
}
