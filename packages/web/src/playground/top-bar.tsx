import { useState } from "preact/hooks";
import { Logo } from "../shared/logo.tsx";
import { THEMES, type Theme } from "../shared/theme.ts";
import type { ConnectorView, SessionSummary } from "./api.ts";
import type { Choice } from "./playground.tsx";
import { chooseTheme, rememberedTheme } from "./theme.ts";

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
      <Logo />
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
          chooseTheme(next);
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
