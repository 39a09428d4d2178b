import "./connect.css";
import { useState } from "preact/hooks";
import type { ConnectorView } from "../api.ts";
import { CopyButton } from "../copy.tsx";
import { snippetsFor } from "./snippets.ts";

/** How a client of one's own connects to this server. */
export function ConnectPanel({ connector }: { connector: ConnectorView | null }) {
  const [chosen, choose] = useState("widget");
  if (connector === null) return <p class="empty">The server has not told its connectors yet.</p>;
  const { token, host } = connector;
  const { origin } = location;
  const snippets = snippetsFor({ origin, token, host });
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  return (
    <div class="scroll-panel connect">
      <dl class="facts">
        <Value name="REST base URL" value={`${origin}/api/v1`} />
        <Value name="WebSocket base URL" value={`${origin.replace(/^http/, "ws")}/ws`} />
        <Value name="Connector token" value={token} />
        <Value name="Host (X-Host)" value={host} />
      </dl>
      <fieldset class="choices">
        <legend class="sr-only">Kind of client</legend>
        {snippets.map(({ id, title }) => (
          <label key={id}>
            <input type="radio" name="snippet" checked={id === snippet?.id} onChange={() => choose(id)} />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      {snippet !== undefined && (
        <>
          <p class="note">{snippet.note}</p>
          <div class="snippet">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1] */}
            <section class="json" tabIndex={0} aria-label={`${snippet.title}: code`}>
              <pre>{snippet.code}</pre>
            </section>
            <CopyButton text={() => snippet.code} label={`Copy the code for: ${snippet.title}`} />
          </div>
        </>
      )}
    </div>
  );
}

const Value = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <code>{value}</code> <CopyButton text={() => value} label={`Copy ${name}`} />
    </dd>
  </div>
);
