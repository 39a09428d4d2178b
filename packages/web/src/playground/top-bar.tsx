import { useState } from "preact/hooks";
import type { ConnectorView, SessionSummary } from "./api.ts";
import type { Choice } from "./playground.tsx";
import { applyTheme, rememberedTheme, THEMES, type Theme } from "./theme.ts";

export interface TopBarProps {
  /** Whether the server tells what passes. */
  isOpen: boolean;
  connectors: readonly ConnectorView[];
  connector: ConnectorView | null;
  onConnector: (id: string) => void;
  sessions: readonly SessionSummary[];
  choice: Choice;
  /** The session that is shown, or null for all. */
  shown: string | null;
  onChoice: (choice: Choice) => void;
}

export function TopBar(props: TopBarProps) {
  const { isOpen, connectors, connector, onConnector, sessions, choice, shown, onChoice } = props;
  const [theme, setTheme] = useState<Theme>(rememberedTheme);
  return (
    <header class="top">
      <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
        <path fill="var(--accent)" d="M8 3h13a7 7 0 0 1 0 14h-6l-7 6v-6.2A7 7 0 0 1 8 3Z" />
        <path
          fill="#e9a23b"
          d="M25 15.6A6 6 0 0 1 24 27.4V31l-5-3.5h-4a6 6 0 0 1-4.6-2.2l5.3-4.8H21a9.6 9.6 0 0 0 4-4.9Z"
        />
      </svg>
      <h1>
        Parley <span class="tagline wide">Playground</span>
      </h1>
      <label class="pick">
        <span class="wide">Session</span>
        <select
          class="field session-pick"
          aria-label="Session"
          value={choice}
          onChange={({ currentTarget }) => onChoice(currentTarget.value)}
        >
          <option value="newest">
            {choice === "newest" && shown !== null ? `Newest: ${shown.slice(0, 8)}` : "Newest to connect"}
          </option>
          <option value="all">All sessions</option>
          {sessions.map((session) => (
            <option key={session.session_id} value={session.session_id}>
              {labelOf(session)}
            </option>
          ))}
        </select>
      </label>
      <label class={connectors.length > 1 ? "pick" : "pick single"}>
        <span class="wide">Connector</span>
        <select
          class="field"
          aria-label="Connector"
          value={connector?.id ?? ""}
          onChange={({ currentTarget }) => onConnector(currentTarget.value)}
        >
          {connectors.map(({ id, agent }) => (
            <option key={id} value={id}>
              {agent === null ? id : `${id}: ${agent}`}
            </option>
          ))}
        </select>
      </label>
      <span class="space" />
      <span class={isOpen ? "feed-state live" : "feed-state"} role="status">
        {isOpen ? "Live" : "No server"}
      </span>
      <select
        class="field theme-pick"
        aria-label="Theme"
        value={theme}
        onChange={({ currentTarget }) => {
          const next = currentTarget.value as Theme;
          setTheme(next);
          applyTheme(next);
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name[0]?.toUpperCase() + name.slice(1)}
          </option>
        ))}
      </select>
    </header>
  );
}

const labelOf = ({ session_id, platform, created_at, status, connections }: SessionSummary): string => {
  const time = new Date(created_at).toLocaleTimeString("en-GB").slice(0, 5);
  const life =
    status === "ended" ? "ended" : connections.length > 0 ? `${connections.length} connected` : "away";
  return `${session_id.slice(0, 8)} · ${platform} · ${time} · ${life}`;
};
