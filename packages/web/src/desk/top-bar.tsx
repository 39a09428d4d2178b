import "./top-bar.css";
import { useState } from "preact/hooks";
import { Icon, type IconName } from "../shared/icons.tsx";
import { Logo } from "../shared/logo.tsx";
import { THEMES } from "../shared/theme.ts";
import { useMenu } from "../shared/use-menu.ts";
import { type DeskError, signOut } from "./api.ts";
import type { DialogName } from "./dialogs/dialogs.tsx";
import { forgetTab } from "./kept.ts";
import { change, settings } from "./settings.ts";
import { mine, statusOf } from "./state/state.ts";
import { useDesk, useModel } from "./use-desk.ts";

export interface TopBarProps {
  view: "work" | "overview";
  onView: (view: "work" | "overview") => void;
  onDialog: (name: DialogName) => void;
  onProblem: (text: string) => void;
}

export function TopBar({ view, onView, onDialog, onProblem }: TopBarProps) {
  const model = useModel();
  const state = useDesk();
  const { me } = state;
  const status = statusOf(state);
  const load = mine(state).length;
  return (
    <header class="top">
      <Logo />
      <h1>Desk</h1>
      {me.role === "supervisor" && (
        <nav class="views" aria-label="Views">
          <button
            type="button"
            aria-current={view === "work" ? "page" : undefined}
            onClick={() => onView("work")}
          >
            <Icon name="chat" />
            <span class="wide">Conversations</span>
            <span class="sr-only narrow">Conversations</span>
          </button>
          <button
            type="button"
            aria-current={view === "overview" ? "page" : undefined}
            onClick={() => onView("overview")}
          >
            <Icon name="chart" />
            <span class="wide">Overview</span>
            <span class="sr-only narrow">Overview</span>
          </button>
        </nav>
      )}
      <span class="space" />
      <LinkState />
      <button
        type="button"
        role="switch"
        class={`status ${status}`}
        aria-checked={status === "available"}
        aria-label="Available for conversations"
        onClick={() => model.wish({ type: "status", status: status === "available" ? "away" : "available" })}
      >
        <span class="status-dot" aria-hidden="true" />
        {status === "available" ? "Available" : "Away"}
        <span class="status-load" title="Your conversations, and how many you can have at once">
          {load}/{me.capacity}
        </span>
      </button>
      <Menu onDialog={onDialog} onProblem={onProblem} />
    </header>
  );
}

/** Shown only where there is something to say. */
function LinkState() {
  const { link } = useDesk();
  if (link === "open") return <span class="sr-only">Connected</span>;
  return (
    <span class="link-state" role="status">
      <span class="spinner" aria-hidden="true" />
      {link === "connecting" ? "Connecting…" : "Reconnecting…"}
    </span>
  );
}

function Menu({ onDialog, onProblem }: Pick<TopBarProps, "onDialog" | "onProblem">) {
  const model = useModel();
  const { me } = useDesk();
  const { isOpen, root, opener, toggle, leave } = useMenu();
  const [chosen, setChosen] = useState(settings);
  /** Asked for on a gesture, as browsers want it. */
  const toggleNotifications = async () => {
    if (chosen.hasNotifications) return setChosen(change({ hasNotifications: false }));
    const allowed = "Notification" in window && (await Notification.requestPermission()) === "granted";
    return setChosen(change({ hasNotifications: allowed }));
  };
  const item = (icon: IconName, text: string, run: () => void, isOn?: boolean) => (
    <li>
      <button
        type="button"
        {...(isOn !== undefined && { role: "switch", "aria-checked": isOn })}
        onClick={() => {
          run();
          if (isOn === undefined) leave();
        }}
      >
        <Icon name={icon} />
        {text}
        {isOn !== undefined && <span class="menu-state">{isOn ? "On" : "Off"}</span>}
      </button>
    </li>
  );
  /** Nothing of the person stays in this tab. */
  const leaveDesk = () =>
    void signOut()
      .catch((error: DeskError) => {
        if (error.code !== "SIGNED_OUT") throw error;
      })
      .then(
        () => {
          model.stop();
          forgetTab();
          location.reload();
        },
        (error: DeskError) => onProblem(`You are still signed in. ${error.message}`),
      );
  const isForbidden = "Notification" in window && Notification.permission === "denied";
  return (
    <div class="menu-root" ref={root}>
      <button
        ref={opener}
        type="button"
        class="icon-button"
        aria-label={`Menu of ${me.name}`}
        aria-expanded={isOpen}
        aria-controls="menu"
        onClick={toggle}
      >
        <Icon name="more" />
      </button>
      <div class="menu" id="menu" hidden={!isOpen}>
        <p class="menu-who">
          <b>{me.name}</b>
          <span class="quiet">{me.role === "supervisor" ? "Supervisor" : "Live agent"}</span>
        </p>
        <ul>
          {item(
            chosen.hasSound ? "sound" : "mute",
            "Sound",
            () => setChosen(change({ hasSound: !chosen.hasSound })),
            chosen.hasSound,
          )}
          {"Notification" in window &&
            item("bell", "Notifications", () => void toggleNotifications(), chosen.hasNotifications)}
        </ul>
        {isForbidden && (
          <p class="menu-hint">
            Your browser forbids notifications of this page; its settings can allow them.
          </p>
        )}
        <fieldset class="themes">
          <legend class="sr-only">Theme</legend>
          {THEMES.map((theme) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={chosen.theme === theme}
                onChange={() => setChosen(change({ theme }))}
              />
              <span>{{ system: "System", light: "Light", dark: "Dark" }[theme]}</span>
            </label>
          ))}
        </fieldset>
        <ul>
          {item("keyboard", "Keyboard shortcuts", () => onDialog("help"))}
          {item("slash", "Canned replies", () => onDialog("canned"))}
          {me.has_password && item("lock", "Change password", () => onDialog("password"))}
          {item("end", "Sign out", leaveDesk)}
        </ul>
      </div>
    </div>
  );
}
