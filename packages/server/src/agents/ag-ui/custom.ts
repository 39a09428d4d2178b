import type { AgentPart } from "../agent.ts";
import { readPart } from "../parts.ts";

/** The names of custom events that are parts of an answer; their value has the keys of the part. */
export const CUSTOM_EVENTS: Readonly<Record<string, AgentPart["type"]>> = {
  "parley.handoff": "handoff",
  "parley.end": "end",
  "parley.suggestions": "suggestions",
  "parley.attachments": "attachments",
  "parley.call_actions": "call_actions",
  "parley.language": "language",
  "parley.message_end": "message_end",
};

/** Where the value is no object it is the part's one key: a list of suggestions, a language. */
const ONLY_KEY: Partial<Record<AgentPart["type"], string>> = {
  suggestions: "suggestions",
  attachments: "attachments",
  call_actions: "actions",
  language: "language",
};

/**
 * A custom event of a service as a part of the answer. Whether its values are valid is checked where all parts are.
 *
 * @returns null for events of others
 * @throws TypeError for a handoff that is not valid
 */
export function readCustom(name: string, value: unknown): AgentPart | null {
  const type = CUSTOM_EVENTS[name];
  if (type === undefined) return null;
  if (type === "handoff") return readPart({ type, handoff: value }).part as AgentPart;
  const key = ONLY_KEY[type];
  const isPlain = typeof value !== "object" || value === null || Array.isArray(value);
  const keys = isPlain ? (key === undefined ? {} : { [key]: value }) : value;
  return { ...keys, type } as AgentPart;
}
