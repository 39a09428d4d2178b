import "../../shared/tokens.css";
import "../../shared/base.css";
import { render } from "preact";
import { localeOf } from "../../shared/i18n/locales.ts";
import { loadTexts } from "../../shared/i18n/texts.ts";
import { palette } from "../../shared/palette.ts";
import { HELLO, HERE, type Hello } from "../channel.ts";
import type { PublicConfig } from "../config.ts";
import { PanelModel } from "./model.ts";
import { Panel } from "./panel.tsx";

const settings: PublicConfig = JSON.parse(document.getElementById("config")?.textContent ?? "null");
const root = document.getElementById("panel") as HTMLElement;

addEventListener(
  "message",
  async function meet({ data, origin, ports: [port], source }: MessageEvent<Hello>) {
    // `origin` is the browser's own word on who holds this frame, and the only thing here that a page cannot make up.
    if (source !== parent || data?.type !== HELLO || port === undefined) return;
    removeEventListener("message", meet);
    for (const [name, value] of Object.entries(palette(data.config.color)))
      document.documentElement.style.setProperty(name, value);
    document.documentElement.dataset.theme = data.state.theme;
    const texts = await loadTexts(localeOf(data.locales) ?? "en", settings.texts);
    const model = new PanelModel(data, settings, texts, origin, port);
    render(<Panel model={model} />, root);
  },
);

// Opened by itself, there is nobody to answer.
parent.postMessage(HERE, "*");
