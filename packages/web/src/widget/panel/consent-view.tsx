import { useTexts } from "../../shared/i18n/texts.ts";
import { Markdown } from "../../shared/markdown/markdown.tsx";
import type { Disclaimer } from "../config.ts";
import { disclaimerText } from "./consent.ts";

/** What stands before the chat. */
export function ConsentView({ disclaimer, onAgree }: { disclaimer: Disclaimer; onAgree: () => void }) {
  const { t, locale } = useTexts();
  return (
    <section class="consent" aria-labelledby="consent-title">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1] */}
      <div class="consent-text" tabIndex={0}>
        <h2 id="consent-title">{t("consentTitle")}</h2>
        <div dir="auto">
          <Markdown text={disclaimerText(disclaimer, locale)} />
        </div>
      </div>
      <button type="button" class="button primary consent-button" data-focus onClick={onAgree}>
        {t("consentButton")}
      </button>
    </section>
  );
}
