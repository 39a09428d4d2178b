import type { Snapshot } from "@parley/client";
import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../../shared/i18n/texts.ts";
import { Icon } from "../../shared/icons.tsx";
import type { PanelModel } from "./model.ts";

/** A connection that comes back within so long is not worth a word, milliseconds. */
const HIDDEN = 1_200;

/** What is wrong with the connection, and what can be done. It is read out when it comes. */
export function Status({ model, snapshot }: { model: PanelModel; snapshot: Snapshot }) {
  const { t } = useTexts();
  const { state, error } = snapshot.connection;
  const isSeeking = state === "connecting" || state === "reconnecting" || state === "lost";
  const isLate = useLater(isSeeking, HIDDEN);
  return (
    <div class="status" role="status">
      {isLate && isSeeking && (
        <p class="seeking">
          <i class="spinner" aria-hidden="true" />
          {t(snapshot.timeline.length > 0 || state !== "connecting" ? "reconnecting" : "connecting")}
        </p>
      )}
      {state === "failed" && (
        <p class="broken">
          <Icon name="alert" />
          <span>
            {t(
              error?.code === "unauthorized"
                ? "refused"
                : error?.code === "session_gone"
                  ? "gone"
                  : "unreachable",
            )}
          </span>
          {error?.code === "session_gone" ? (
            <button type="button" class="link-button" onClick={() => model.restart()}>
              {t("newChat")}
            </button>
          ) : (
            <button type="button" class="link-button" onClick={() => model.conversation.value?.retry()}>
              {t("retry")}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Whether something has been true for so long, milliseconds. */
function useLater(isTrue: boolean, milliseconds: number): boolean {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    setIsLate(false);
    if (!isTrue) return;
    const timer = setTimeout(() => setIsLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [isTrue, milliseconds]);
  return isLate;
}
