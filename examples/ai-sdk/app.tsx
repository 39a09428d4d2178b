import { useChat } from "@ai-sdk/react";
import { ParleyTransport } from "@parley/client/ai-sdk";
import { type FormEvent, useState } from "react";
import { createRoot } from "react-dom/client";

const url = new URLSearchParams(location.search).get("server") ?? "http://localhost:8080";
const transport = new ParleyTransport({
  url,
  connectorToken: "demo",
  host: "localhost",
  storageKey: "ai-sdk",
});

function Chat() {
  const { messages, sendMessage, setMessages, status, error, stop } = useChat({ transport });
  const [text, setText] = useState("");
  // The greeting, and what a person writes, come without having been asked for.
  transport.onMessage = (message) => setMessages((before) => [...before, message]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text) sendMessage({ text });
    setText("");
  };

  return (
    <main>
      {messages.map(({ id, role, parts }) => (
        <article key={id} className={role}>
          {parts.map((part, index) => {
            if (part.type === "text") return <p key={index}>{part.text}</p>;
            if (part.type === "source-url")
              return (
                <a key={index} href={part.url}>
                  {part.title}
                </a>
              );
            if (part.type === "file") return <img key={index} src={part.url} alt="" />;
            return null;
          })}
        </article>
      ))}
      {error && <p role="alert">{error.message}</p>}
      <form onSubmit={submit}>
        <input aria-label="Message" value={text} onChange={(event) => setText(event.target.value)} />
        {status === "streaming" ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="submit">Send</button>
        )}
        <output>{status}</output>
      </form>
    </main>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Chat />);
