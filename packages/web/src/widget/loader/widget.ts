import type { Attributes, WebchatAPI, WebchatConfig } from "../api.ts";
import { type Channel, type PageMethods, type PanelMethods, webchatError } from "../channel.ts";
import type { LauncherAnswer } from "../config.ts";
import { createFrame, type PanelFrame } from "./frame.ts";
import { EVENTS, Handlers } from "./handlers.ts";
import { type Script, settingsAddress } from "./script.ts";
import { TitleFlash } from "./title.ts";
import { View } from "./view.ts";

const DESTROYED = webchatError("destroyed", "the widget was destroyed");

/** The widget of a page: what stands on it, the panel in its frame, and the API over both. */
export class Widget {
  readonly #script: Script;
  readonly #handlers = new Handlers();
  readonly #title = new TitleFlash();
  readonly #view: Promise<View>;
  /** What the user reads, the best first. */
  #locales: string[];
  #config: WebchatConfig | undefined;
  #shown: View | undefined;
  #frame: PanelFrame | undefined;
  #isDestroyed = false;
  /** What the page says of its user, for the panel that is there, or will be. */
  #attributes: Attributes = {};

  constructor(script: Script) {
    this.#script = script;
    this.#locales = [document.documentElement.lang, ...navigator.languages].filter(Boolean);
    this.#view = this.#start();
    this.#view.catch((error) => this.#fail(error));
  }

  async #start(): Promise<View> {
    const [{ config, texts, css }] = await Promise.all([this.#load(), bodyOf(document)]);
    if (this.#isDestroyed) throw DESTROYED;
    const { token, url } = this.#script;
    this.#config = { ...config, token, url };
    this.#locales = [config.locale, ...this.#locales];
    const quietly = (work: Promise<unknown>) => void work.catch(() => {});
    const view = new View(this.#config, css, texts, {
      open: () => quietly(this.#open(true)),
      close: () => quietly(this.#close()),
      changed: () => quietly(this.#tellState()),
    });
    this.#shown = view;
    // Behind the promises that wait for the view.
    queueMicrotask(() => {
      this.#handlers.emit("onReady", undefined);
      if (config.autoOpen || config.renderMode === "fullscreen") quietly(this.#open(false));
    });
    return view;
  }

  async #load(): Promise<LauncherAnswer> {
    const address = settingsAddress(this.#script, this.#locales);
    const answer = await fetch(address, { credentials: "omit" }).catch((error) => {
      throw webchatError("network", `${address}: ${error.message}`);
    });
    if (!answer.ok) throw webchatError("unavailable", `${address}: ${answer.status}`);
    return answer.json();
  }

  /** @param isAsked by the user, or the page for them: the panel takes the focus */
  async #open(isAsked: boolean): Promise<void> {
    const view = await this.#view;
    if (view.isOpen) return;
    const frame = this.#hold(view);
    view.open();
    void this.#tellState();
    try {
      const panel = await frame.channel;
      if (isAsked) {
        frame.element.focus();
        void panel.call("focus");
      }
    } catch (error) {
      view.close();
      throw error;
    }
    this.#handlers.emit("onOpen", undefined);
  }

  async #close(): Promise<void> {
    const view = await this.#view;
    if (!view.isOpen || this.#config?.renderMode === "fullscreen") return;
    view.close();
    void this.#tellState();
    this.#handlers.emit("onClosed", undefined);
  }

  /** The panel, loaded where it is not yet. */
  async #panel(): Promise<Channel<PanelMethods>> {
    return this.#hold(await this.#view).channel;
  }

  #hold(view: View): PanelFrame {
    if (this.#isDestroyed) throw DESTROYED;
    if (this.#frame) return this.#frame;
    const hello = () => ({
      config: this.#config as WebchatConfig,
      locales: this.#locales,
      attributes: this.#attributes,
      state: stateOf(view),
    });
    const frame = createFrame(this.#script.frame, view.title, hello, this.#pageMethods(view));
    this.#frame = frame;
    view.hold(frame.element);
    frame.channel.catch((error) => {
      // The next attempt loads it again.
      frame.remove();
      this.#frame = undefined;
      this.#fail(error);
    });
    return frame;
  }

  #pageMethods(view: View): PageMethods {
    return {
      close: () => this.#close(),
      unread: (count, text) => {
        view.unread = count;
        this.#title.show(count, text);
      },
      emit: (name, event) => {
        if (name === "onError") this.#fail(event);
        else this.#handlers.emit(name, event);
      },
      contextToken: async (request) => {
        const handler = this.#handlers.of("onContextRequired").at(-1);
        if (!handler)
          return { reason: "no_handler", message: "nothing is registered with onContextRequired" };
        try {
          const token = await handler(request as never);
          if (token && typeof token === "string") return { token };
          return { reason: "no_token", message: "the handler gave no text" };
        } catch (error) {
          return { reason: "handler_failed", message: `${error}` };
        }
      },
    };
  }

  async #tellState(): Promise<void> {
    if (this.#frame && this.#shown) {
      (await this.#frame.channel).call("state", stateOf(this.#shown)).catch(() => {});
    }
  }

  /** Told to whoever listens, and to who develops the page. */
  #fail(error: unknown): void {
    if (this.#isDestroyed) return;
    const { code = "internal", message = "" } = error as { code?: string; message?: string };
    console.error(`Parley widget: ${code}: ${message}`);
    this.#handlers.emit("onError", webchatError(code, message));
  }

  async #say(attributes: Attributes, prefix = ""): Promise<void> {
    const entries = Object.entries(attributes ?? {});
    if (entries.some(([, value]) => !/^(string|number|boolean)$/.test(typeof value)))
      throw webchatError("invalid_argument", "values are texts, numbers and booleans");
    const named = entries.map(([key, value]) => [prefix + key, value]);
    this.#attributes = { ...this.#attributes, ...Object.fromEntries(named) };
    await this.#view;
    await (await this.#frame?.channel)?.call("setAttributes", this.#attributes);
  }

  readonly api: WebchatAPI = {
    ...(Object.fromEntries<unknown>(
      EVENTS.map((name) => [
        name,
        (handler: (event: never) => void) => {
          this.#handlers.add(name, handler);
          if (name === "onReady" && this.#shown) (handler as () => void)();
        },
      ]),
    ) as Pick<WebchatAPI, (typeof EVENTS)[number]>),
    openWidget: () => this.#open(true),
    closeWidget: () => this.#close(),
    showIcon: async () => {
      (await this.#view).hasIcon = true;
    },
    hideIcon: async () => {
      (await this.#view).hasIcon = false;
    },
    animateIcon: async (animation = {}) => (await this.#view).animate(animation),
    showBubble: async (text, options) => (await this.#view).bubble(`${text ?? ""}`, options),
    sendMessage: async (text) => (await this.#panel()).call("send", text),
    endSession: async () => (await this.#panel()).call("end"),
    startNewSession: async () => (await this.#panel()).call("restart"),
    setLocale: async (locale) => {
      const view = await this.#view;
      this.#script.dataset.locale = locale;
      this.#locales = [locale, ...this.#locales];
      this.#config = { ...(this.#config as WebchatConfig), locale };
      view.texts = (await this.#load()).texts;
      await (await this.#frame?.channel)?.call("setLocale", locale);
    },
    identifyUser: (user) => this.#say(user, "user_"),
    setContext: (attributes) => this.#say(attributes),
    getConfig: () => {
      if (!this.#config) throw webchatError("unavailable", "wait for onReady");
      return { ...this.#config };
    },
    isFullscreen: () => !!this.#shown?.isFull,
    off: (what: never, handler?: never) => this.#handlers.remove(what, handler),
    destroy: async () => {
      this.#isDestroyed = true;
      this.#title.show(0, "");
      this.#frame?.remove();
      this.#shown?.destroy();
      delete window.WebchatAPI;
    },
    refreshVerifiedContext: () =>
      this.#panel()
        .then((panel) => panel.call("refreshContext"))
        .catch((error) => ({ ok: false, sessionId: null, reason: "network", message: `${error}` })),
  };
}

const stateOf = ({ isFull, isOpen, theme }: View) => ({ isFull, isOpen, theme });

/** A script in the head may run before there is a body. */
const bodyOf = (page: Document): Promise<unknown> =>
  new Promise((resolve) => {
    if (page.body) resolve(page.body);
    else page.addEventListener("DOMContentLoaded", resolve);
  });
