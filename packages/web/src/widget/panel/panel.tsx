import "./panel.css";
import { useEffect, useRef } from "preact/hooks";
import { TextsContext } from "../../shared/i18n/texts.ts";
import { Icon } from "../../shared/icons.tsx";
import { ConsentView } from "./consent-view.tsx";
import { Header } from "./header.tsx";
import type { PanelModel } from "./model.ts";
import { useWatched } from "./state.ts";
import { Talk } from "./talk.tsx";

/** All that is in the frame. */
export function Panel({ model }: { model: PanelModel }) {
  const texts = useWatched(model.texts);
  const state = useWatched(model.state);
  const conversation = useWatched(model.conversation);
  const needsConsent = useWatched(model.needsConsent);
  const focus = useWatched(model.focus);
  const field = useRef<HTMLTextAreaElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const { config } = model.hello;
  const { disclaimer } = model.settings;
  const isWhole = config.renderMode === "fullscreen";

  useEffect(() => {
    const { documentElement } = document;
    documentElement.lang = texts.locale;
    documentElement.dir = texts.direction;
    document.title = config.title || texts.t("title");
  }, [texts, config]);
  useEffect(() => {
    document.documentElement.dataset.theme = state.theme;
  }, [state.theme]);
  useEffect(() => {
    if (focus === 0) return;
    // A field that takes the focus on a phone brings up the keyboard, which hides what there is to read.
    const isPhone = state.isFull && matchMedia("(pointer: coarse)").matches;
    const wanted = root.current?.querySelector<HTMLElement>(
      isPhone ? ".scroller" : "[data-focus], textarea:enabled",
    );
    (wanted ?? root.current?.querySelector<HTMLElement>("[data-focus], .scroller"))?.focus();
  }, [focus]);

  useEffect(() => {
    if (isWhole) return;
    const escaped = (event: KeyboardEvent) => {
      // An open question takes it for itself.
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) model.close();
    };
    document.addEventListener("keydown", escaped);
    return () => document.removeEventListener("keydown", escaped);
  }, [model, isWhole]);

  // Without a header there would be no way out of a panel that covers the launcher.
  const hasClose = !config.showHeader && !isWhole && state.isFull;
  return (
    <TextsContext.Provider value={texts}>
      <div class="panel" ref={root}>
        {needsConsent && disclaimer !== null ? (
          <>
            {config.showHeader && <Header model={model} snapshot={null} isWhole={isWhole} />}
            <main class="talk">
              <ConsentView disclaimer={disclaimer} onAgree={() => model.agree()} />
            </main>
          </>
        ) : (
          conversation !== null && (
            <Talk
              key={conversation}
              model={model}
              conversation={conversation}
              field={field}
              hasHeader={config.showHeader}
              isWhole={isWhole}
            />
          )
        )}
        {hasClose && (
          <button
            type="button"
            class="icon-button lone-close"
            aria-label={texts.t("closeChat")}
            onClick={() => model.close()}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
    </TextsContext.Provider>
  );
}
