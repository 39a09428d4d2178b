import type { Conversation } from "@parley/client";
import { localeOf } from "../../shared/i18n/locales.ts";
import { loadTexts, type Texts } from "../../shared/i18n/texts.ts";
import { chime } from "../../shared/sound.ts";
import { Channel, type Hello, type PageMethods, type PanelMethods } from "../channel.ts";
import type { PublicConfig } from "../config.ts";
import { Chat } from "./chat.ts";
import { Watched } from "./state.ts";

/** What the panel shows beside its conversation, and what moves it. */
export class PanelModel {
  readonly settings: PublicConfig;
  readonly hello: Hello;
  readonly chat: Chat;
  readonly page: Channel<PageMethods>;
  readonly conversation: Watched<Conversation | null> = new Watched<Conversation | null>(null);
  readonly needsConsent: Watched<boolean>;
  readonly state: Watched<Hello["state"]>;
  readonly hasSound: Watched<boolean>;
  readonly texts: Watched<Texts>;
  /** Counts how often the panel was asked to take the focus. */
  readonly focus = new Watched(0);
  #locales: readonly string[];
  #unread = 0;

  /** @param host the embedding page's origin */
  constructor(hello: Hello, settings: PublicConfig, texts: Texts, host: string, port: MessagePort) {
    this.hello = hello;
    this.settings = settings;
    this.texts = new Watched(texts);
    this.#locales = hello.locales;
    this.page = new Channel<PageMethods>(port, this.#methods());
    this.chat = new Chat({
      config: hello.config,
      settings,
      host,
      page: this.page,
      locale: hello.config.locale,
      deviceType: deviceType(),
      received: () => this.#received(),
      changed: () => this.#update(),
    });
    this.chat.setAttributes(hello.attributes);
    this.needsConsent = new Watched(this.chat.consents.isNeeded);
    this.state = new Watched(hello.state);
    this.hasSound = new Watched(this.chat.storage.read<boolean>("sound") ?? hello.config.sound);
    document.addEventListener("visibilitychange", () => this.#look());
    if (this.chat.storage.load("conversation") !== null || hello.state.isOpen) this.#begin();
  }

  toggleSound(): void {
    this.hasSound.value = !this.hasSound.value;
    this.chat.storage.write("sound", this.hasSound.value);
    if (this.hasSound.value) chime();
  }

  close(): void {
    void this.page.call("close");
  }

  agree(): void {
    this.chat.agree(this.texts.value.locale);
    this.focus.value += 1;
  }

  restart(): void {
    // What goes wrong is shown where the conversation is.
    this.chat.restart().catch(() => {});
    this.focus.value += 1;
  }

  /** The language the agent speaks now. */
  async speak(language: string): Promise<void> {
    const locale = localeOf([language]);
    if (locale !== null && locale !== this.texts.value.locale)
      this.texts.value = await loadTexts(locale, this.settings.texts, [language, ...this.#locales]);
  }

  #methods(): PanelMethods {
    const begun = <Result>(run: () => Promise<Result>) => {
      const result = run();
      this.#update();
      return result;
    };
    return {
      state: (state) => {
        this.state.value = state;
        if (state.isOpen) this.#begin();
        this.#look();
      },
      focus: () => {
        this.focus.value += 1;
      },
      send: (text) => begun(() => this.chat.send(text)),
      end: () => this.chat.end(),
      restart: () => begun(() => this.chat.restart()),
      setLocale: async (locale) => {
        this.#locales = [locale, ...this.#locales];
        this.chat.locale = locale;
        await this.speak(locale);
      },
      setAttributes: (attributes) => this.chat.setAttributes(attributes),
      refreshContext: () => this.chat.refreshContext(),
    };
  }

  #begin(): void {
    this.chat.begin();
    this.#update();
  }

  #update(): void {
    this.needsConsent.value = this.chat.consents.isNeeded;
    this.conversation.value = this.chat.conversation;
  }

  #received(): void {
    if (this.hasSound.value) chime();
    if (this.#isSeen) return;
    this.#unread += 1;
    this.#tellUnread();
  }

  get #isSeen(): boolean {
    return this.state.value.isOpen && document.visibilityState === "visible";
  }

  #look(): void {
    if (!this.#isSeen || this.#unread === 0) return;
    this.#unread = 0;
    this.#tellUnread();
  }

  #tellUnread(): void {
    void this.page.call("unread", this.#unread, this.texts.value.t("newMessage"));
  }
}

/** As the session keeps it [protocol section 1]. */
function deviceType(): string {
  if (!matchMedia("(pointer: coarse)").matches) return "desktop";
  return Math.min(screen.width, screen.height) < 600 ? "mobile" : "tablet";
}
