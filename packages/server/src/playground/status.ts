import type { Snapshot } from "@parley/client";
import { byId } from "./dom.ts";

interface Status {
  label: string;
  tone: "live" | "busy" | "bad" | "";
  /** What the banner says, and what can be done about it. */
  banner?: string;
  action?: "Try now" | "Try again";
}

/** Whether the server does not know the conversation any more. */
export const isGone = ({ connection: { error, state } }: Snapshot): boolean =>
  state === "failed" && error?.code === "session_gone";

/** How the connection is, in words. @param now milliseconds since 1970 */
export function statusOf(snapshot: Snapshot, now: number): Status {
  const { attempt, error, retryAt, state } = snapshot.connection;
  if (state === "open") return { label: "Live", tone: "live" };
  if (state === "ended") return { label: "Ended", tone: "" };
  if (isGone(snapshot)) return { label: "Gone", tone: "" };
  if (state === "failed") {
    const action = "Try again";
    if (error?.retryable)
      return { label: "Offline", tone: "bad", banner: "The server has not answered for a while.", action };
    return { label: "Refused", tone: "bad", banner: refusal(error?.message ?? ""), action };
  }
  if (retryAt !== null) {
    const seconds = Math.max(1, Math.ceil((retryAt - now) / 1_000));
    const what = snapshot.sessionId === null ? "The server does not answer" : "Connection lost";
    const banner = `${what}. Next try in ${seconds} s.`;
    return { label: "Reconnecting", tone: "busy", banner, action: "Try now" };
  }
  return { label: "Connecting…", tone: "busy", ...(attempt > 0 && { banner: "Trying again…" }) };
}

function refusal(message: string): string {
  const text = `The server refused: “${message}”.`;
  // The server's exact words for a host that the connector does not list.
  if (message !== "Failed to validate connector") return text;
  return `${text} The connector does not list “${location.hostname}”; open the page as localhost.`;
}

export function renderStatus(snapshot: Snapshot): void {
  const { action = "", banner = "", label, tone } = statusOf(snapshot, Date.now());
  byId("status").textContent = label;
  byId("status").dataset.tone = tone;
  byId("banner").hidden = banner === "";
  byId("banner").dataset.tone = tone;
  byId("banner-text").textContent = banner;
  byId("banner-action").textContent = action;
  byId("banner-action").hidden = action === "";
}
