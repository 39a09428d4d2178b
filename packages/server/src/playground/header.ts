import type { Participant, Presence, Snapshot } from "@parley/client";
import { avatar } from "./avatar.ts";
import { byId } from "./dom.ts";
import { isGone } from "./status.ts";

const NOBODY: Participant = { name: "", avatarUrl: "" };

const NOTES: Record<Exclude<Presence, "agent">, string> = {
  nobody: "Connecting…",
  joining: "Joining…",
  queue: "Looking for a person…",
  person: "A person",
  away: "Handed over",
};

/** Whom the user talks with. @param willStream whether the next conversation will */
export function renderHeader(snapshot: Snapshot, willStream: boolean, canDrop: boolean): void {
  const { agent, ended, isEnding, person, presence, sessionId } = snapshot;
  const who = (presence === "person" ? person : agent) ?? NOBODY;
  const key = `${who.name} ${who.avatarUrl}`;
  if (byId("agent-avatar").dataset.key !== key) {
    const node = avatar(who);
    node.id = "agent-avatar";
    node.dataset.key = key;
    byId("agent-avatar").replaceWith(node);
  }
  const isOver = ended !== null || isGone(snapshot);
  byId("agent-name").textContent = who.name || "Agent";
  byId("agent-note").textContent = isOver ? "Conversation over" : noteOf(snapshot, willStream);
  byId<HTMLButtonElement>("end").disabled = isOver || isEnding || sessionId === null;
  byId<HTMLButtonElement>("drop").disabled = !canDrop;
  byId("info-session").textContent = sessionId ?? "none yet";
}

function noteOf({ capabilities, presence }: Snapshot, willStream: boolean): string {
  if (presence !== "agent") return NOTES[presence];
  const streams = capabilities?.streaming ?? false;
  const now = streams ? "streaming" : "whole messages";
  const next = `; ${willStream ? "streaming" : "whole"} from the next conversation on`;
  return `AI agent, ${now}${streams === willStream ? "" : next}`;
}
