import "../../shared/tokens.css";
import "../../shared/base.css";
import { Conversation } from "@parley/client";
import { render } from "preact";
import { useRef } from "preact/hooks";
import { Composer } from "../../shared/composer.tsx";
import { MessageList } from "../../shared/message-list.tsx";
import { Suggestions } from "../../shared/suggestions.tsx";
import { useConversation } from "../../shared/use-conversation.ts";

const conversation = new Conversation({ url: location.origin, connectorToken: "demo" });
conversation.start();
function Panel() {
  const snapshot = useConversation(conversation);
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <main style={{ display: "flex", flexDirection: "column", height: "100dvh" }}>
      <MessageList snapshot={snapshot} onRetry={(id) => conversation.retry(id)}>
        <Suggestions
          suggestions={snapshot.suggestions}
          onPick={({ message_text }) => conversation.send(message_text)}
        />
      </MessageList>
      <Composer onSend={(text) => conversation.send(text)} field={field} />
    </main>
  );
}
render(<Panel />, document.getElementById("panel") as HTMLElement);
