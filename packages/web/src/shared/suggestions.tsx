import type { Suggestion } from "@parley/client";
import { useTexts } from "./i18n/texts.ts";

/** Replies that a tap sends. Shows nothing where there are none. */
export function Suggestions({
  suggestions,
  onPick,
}: {
  suggestions: readonly Suggestion[];
  onPick: (suggestion: Suggestion) => void;
}) {
  const { t } = useTexts();
  if (suggestions.length === 0) return null;
  return (
    <ul class="suggestions" aria-label={t("suggestions")}>
      {suggestions.map((suggestion) => (
        <li>
          <button type="button" class="chip" dir="auto" onClick={() => onPick(suggestion)}>
            {suggestion.message_text}
          </button>
        </li>
      ))}
    </ul>
  );
}
