import "./stage.css";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icons.tsx";
import type { ConnectorView } from "../api.ts";
import { CopyButton } from "../copy.tsx";
import { Configuration } from "./configuration.tsx";
import { configOf, DEFAULT_LOOK, type Look, scriptTag, stageUrl } from "./look.ts";

const ON_OFF = [
  ["", "as usual"],
  ["true", "yes"],
  ["false", "no"],
] as const;

const CHOICES: readonly [keyof Look, string, readonly (readonly [string, string])[]][] = [
  [
    "data-position",
    "Position",
    [
      ["", "right"],
      ["left", "left"],
    ],
  ],
  [
    "data-theme",
    "Theme",
    [
      ["", "the system's"],
      ["light", "light"],
      ["dark", "dark"],
    ],
  ],
  [
    "data-locale",
    "Language",
    [
      ["", "the browser's"],
      ["en", "English"],
      ["de", "Deutsch"],
      ["fr", "Français"],
      ["es", "Español"],
      ["pt", "Português"],
      ["ja", "日本語"],
      ["ar", "العربية"],
    ],
  ],
  [
    "data-render-mode",
    "Mode",
    [
      ["", "default"],
      ["fullscreen", "fullscreen"],
    ],
  ],
  ["data-show-header", "Header", ON_OFF],
  ["data-show-icon", "Launcher", ON_OFF],
  [
    "data-auto-open",
    "Opens by itself",
    [
      ["true", "yes"],
      ["", "no"],
    ],
  ],
];

const WORDS: readonly [keyof Look, string, string][] = [
  ["data-title", "Title", "the agent's name"],
  ["data-subtitle", "Subtitle", "none"],
];

/** The page is loaded again when nothing was changed for so long, milliseconds: not with every key. */
const PAUSE = 400;

/** The colour of a connector that has chosen none. */
const DEFAULT_COLOR = "#0b6b5d";

export interface StageProps {
  connector: ConnectorView | null;
  /** The page has the width of a computer's, not of a phone's. */
  isWide: boolean;
  onWide: (isWide: boolean) => void;
}

/** The widget on a page, as users see it, and how it looks. */
export function Stage({ connector, isWide, onWide }: StageProps) {
  const [look, setLook] = useState(DEFAULT_LOOK);
  const [isSettingUp, setIsSettingUp] = useState(false);
  const [loads, setLoads] = useState(0);
  const [shown, show] = useState(look);
  useEffect(() => {
    const timer = setTimeout(() => show(look), PAUSE);
    return () => clearTimeout(timer);
  }, [look]);
  if (connector === null) return <p class="empty">Loading…</p>;
  const change = (name: keyof Look, value: string) => setLook({ ...look, [name]: value });
  const config = configOf(look);
  const address = stageUrl(connector.token, shown, loads);
  return (
    <div class="stage">
      <header class="toolbar">
        <h2>Widget</h2>
        <span class="quiet">on a page of yours</span>
        <span class="space" />
        <button
          type="button"
          class="tool only-wide"
          aria-pressed={isWide}
          title="The width of a computer's page, not of a phone's"
          onClick={() => onWide(!isWide)}
        >
          Wide
        </button>
        <button
          type="button"
          class="tool"
          aria-expanded={isSettingUp}
          aria-controls="look"
          onClick={() => setIsSettingUp(!isSettingUp)}
        >
          Look
        </button>
        <button
          type="button"
          class="tool square"
          aria-label="Load the page again"
          onClick={() => setLoads(loads + 1)}
        >
          <Icon name="retry" />
        </button>
      </header>
      {isSettingUp && (
        <form
          id="look"
          class="look"
          aria-label="How the widget looks"
          onSubmit={(event) => event.preventDefault()}
        >
          {CHOICES.map(([name, title, options]) => (
            <label key={name}>
              <span>{title}</span>
              <select
                class="field"
                value={look[name]}
                onChange={({ currentTarget }) => change(name, currentTarget.value)}
              >
                {options.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <label>
            <span>Colour</span>
            <input
              class="field"
              type="color"
              value={look["data-color"] || DEFAULT_COLOR}
              onInput={({ currentTarget }) => change("data-color", currentTarget.value)}
            />
          </label>
          {WORDS.map(([name, title, otherwise]) => (
            <label key={name}>
              <span>{title}</span>
              <input
                class="field"
                placeholder={otherwise}
                value={look[name]}
                onInput={({ currentTarget }) => change(name, currentTarget.value)}
              />
            </label>
          ))}
          <div class="snippet">
            <code>{scriptTag(location.origin, connector.token, look)}</code>
            <CopyButton
              text={() => scriptTag(location.origin, connector.token, look)}
              label="Copy the script tag"
            />
          </div>
          {config !== null && (
            <div class="snippet">
              <code>{config}</code>
              <CopyButton text={() => config} label="Copy for parley.config.ts" />
            </div>
          )}
          <Configuration connector={connector.id} changed={() => setLoads((count) => count + 1)} />
        </form>
      )}
      <iframe key={address} title="A page with the widget" src={address} allow="clipboard-write" />
    </div>
  );
}
