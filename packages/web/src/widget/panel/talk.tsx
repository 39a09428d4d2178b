import type { Conversation } from "@parley/client";
import type { RefObject } from "preact";
import { useCallback, useEffect } from "preact/hooks";
import { Announcer } from "../../shared/announcer.tsx";
import { Composer } from "../../shared/composer.tsx";
import { useTexts } from "../../shared/i18n/texts.ts";
import { Icon } from "../../shared/icons.tsx";
import { MessageList } from "../../shared/message-list.tsx";
import { Suggestions } from "../../shared/suggestions.tsx";
import { useConversation } from "../../shared/use-conversation.ts";
import { Header } from "./header.tsx";
import type { PanelModel } from "./model.ts";
import { Status } from "./status.tsx";

export interface TalkProps {
  model: PanelModel;
  conversation: Conversation;
  field: RefObject<HTMLTextAreaElement | null>;
  hasHeader: boolean;
  isWhole: boolean;
}

/** A conversation, and everything a user can do in it. */
export function Talk({ model, conversation, field, hasHeader, isWhole }: TalkProps) {
  const { t } = useTexts();
  const snapshot = useConversation(conversation);
  const { agent, person, capabilities, connection, ended, isThinking, isTyping, language, suggestions } =
    snapshot;
  const isRefused = connection.state === "failed" && connection.error?.retryable === false;
  const writer = (isTyping ? person?.name : agent?.name) || t("assistant");

  useEffect(() => {
    if (language !== null) void model.speak(language);
  }, [language, model]);

  const retry = useCallback(
    (id: string) => {
      conversation.retry(id);
      // The button that was pressed is gone.
      field.current?.focus();
    },
    [conversation, field],
  );
  const say = (text: string) => {
    model.chat.say(text);
    field.current?.focus();
  };
  return (
    <>
      {hasHeader && <Header model={model} snapshot={snapshot} isWhole={isWhole} />}
      <main class="talk">
        <Status model={model} snapshot={snapshot} />
        <MessageList snapshot={snapshot} onRetry={retry} onBringBack={() => conversation.connection.join()}>
          <Suggestions suggestions={suggestions} onPick={({ message_text }) => say(message_text)} />
        </MessageList>
        {ended === null ? (
          <Composer
            field={field}
            onSend={say}
            onTyping={() => conversation.typing()}
            maxBytes={capabilities?.max_message_size_bytes}
            isDisabled={isRefused}
          />
        ) : (
          <div class="over">
            <button type="button" class="button primary" data-focus onClick={() => model.restart()}>
              <Icon name="restart" />
              {t("newChat")}
            </button>
          </div>
        )}
        <Announcer snapshot={snapshot} isNews={model.chat.isNews} />
        <p class="sr-only" role="status">
          {isThinking || isTyping ? t("typing", { name: writer }) : ""}
        </p>
      </main>
    </>
  );
}
