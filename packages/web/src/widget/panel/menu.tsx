import type { Snapshot } from "@parley/client";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TextKey } from "../../shared/i18n/en.ts";
import { useTexts } from "../../shared/i18n/texts.ts";
import { Icon, type IconName } from "../../shared/icons.tsx";
import { useMenu } from "../../shared/use-menu.ts";
import type { PanelModel } from "./model.ts";
import { useWatched } from "./state.ts";
import { saveText, transcriptOf } from "./transcript.ts";

/** What can be done with the conversation, behind one button; what cannot be undone is asked for once more. */
export function Menu({ model, snapshot }: { model: PanelModel; snapshot: Snapshot }) {
  const texts = useTexts();
  const { t } = texts;
  const { isOpen, root, opener, toggle, close, leave } = useMenu();
  const [asked, setAsked] = useState<"confirmNew" | "confirmEnd" | null>(null);
  const hasSound = useWatched(model.hasSound);
  const isRunning = snapshot.ended === null;

  // The panel loses the focus to the page around it without a click of its own.
  useEffect(() => {
    addEventListener("blur", close);
    return () => removeEventListener("blur", close);
  }, [close]);

  const choose = (run: () => void) => () => {
    leave();
    run();
  };
  const item = (icon: IconName, key: TextKey, run: () => void) => (
    <li>
      <button type="button" onClick={choose(run)}>
        <Icon name={icon} />
        {t(key)}
      </button>
    </li>
  );
  const startNew = () => (isRunning ? setAsked("confirmNew") : model.restart());
  const download = () =>
    saveText(transcriptOf(snapshot, texts), `chat-${new Date().toISOString().slice(0, 10)}.txt`);
  return (
    <div class="menu-root" ref={root}>
      <button
        ref={opener}
        type="button"
        class="icon-button"
        aria-label={t("menu")}
        aria-expanded={isOpen}
        aria-controls="menu"
        onClick={toggle}
      >
        <Icon name="more" />
      </button>
      <ul class="menu" id="menu" hidden={!isOpen}>
        {item("restart", "newChat", startNew)}
        {item("download", "download", download)}
        {item(hasSound ? "mute" : "sound", hasSound ? "soundOff" : "soundOn", () => model.toggleSound())}
        {isRunning && item("end", "endChat", () => setAsked("confirmEnd"))}
      </ul>
      {asked !== null && (
        <Confirm
          question={t(asked)}
          action={t(asked === "confirmNew" ? "newChat" : "endChat")}
          onAnswer={(isWanted) => {
            setAsked(null);
            if (!isWanted) return;
            if (asked === "confirmNew") model.restart();
            else void model.chat.end().catch(() => {});
          }}
        />
      )}
    </div>
  );
}

function Confirm(props: { question: string; action: string; onAnswer: (isWanted: boolean) => void }) {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const answer = (isWanted: boolean) => () => {
    // While it is open nothing else can take the focus; closing gives it back to where it was.
    dialog.current?.close();
    props.onAnswer(isWanted);
  };
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-question" onCancel={answer(false)}>
      <p id="confirm-question">{props.question}</p>
      <div class="confirm-buttons">
        <button type="button" class="button" onClick={answer(false)}>
          {t("cancel")}
        </button>
        <button type="button" class="button primary" onClick={answer(true)}>
          {props.action}
        </button>
      </div>
    </dialog>
  );
}
