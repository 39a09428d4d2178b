import type { AgentPart, ToolRecord, Turn } from "../agent.ts";
import type { AgentEntry } from "../story.ts";
import type { Tool } from "./tools.ts";

/** What a second attempt does before a model or a service is asked. */
export interface Resumed {
  /** What earlier calls of the protocol's own tools asked for and the user has not got. */
  parts: AgentPart[];
  /** A handoff or an end that was decided: there is nothing to ask. */
  last: AgentPart | null;
  /** The calls that the model or the service is told of. */
  tools: readonly ToolRecord[];
}

/**
 * Goes on where earlier attempts stopped. Cards, replies and numbers ride on the end of a message, which a broken-off one
 * never had; a handoff and an end come last of all. Where the user has spoken over them they are decided anew.
 *
 * @param answer what the user has seen of this answer
 */
export function resume(
  turn: Pick<Turn, "tools" | "interrupted">,
  builtIn: ReadonlyMap<string, Tool>,
  answer: readonly AgentEntry[],
): Resumed {
  const isLast = ({ name }: ToolRecord) => builtIn.get(name)?.place === "last";
  const tools = turn.interrupted === null ? turn.tools : turn.tools.filter((tool) => !isLast(tool));
  const parts: AgentPart[] = [];
  let last: AgentPart | null = null;
  for (const { name, arguments: given, failed } of tools) {
    const tool = builtIn.get(name);
    if (tool === undefined || failed === true) continue;
    const performed = tool.perform(given);
    if (tool.place === "last") last ??= performed.parts[0] ?? null;
    else parts.push(...performed.parts.filter((part) => !wasShown(part, answer)));
  }
  return { parts, last, tools };
}

function wasShown(part: AgentPart, answer: readonly AgentEntry[]): boolean {
  if (part.type === "attachments") {
    const shown = new Set(answer.flatMap(({ attachments }) => attachments.map((one) => one.content_url)));
    return part.attachments.every((one) => shown.has(one.content_url));
  }
  if (part.type === "call_actions") {
    const shown = new Set(answer.flatMap(({ calls }) => calls.map((one) => one.contact_number)));
    return part.actions.every((one) => shown.has(one.contact_number));
  }
  return false;
}
