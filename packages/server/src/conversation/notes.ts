import type { AgentCommand } from "./agent-commands.ts";
import type { Draft } from "./draft.ts";

/** What a turn notes beside its words becomes a fact: it is for its record, for a second attempt, or for later turns. */
export function note(draft: Draft, { turn, note }: Extract<AgentCommand, { kind: "agent_note" }>): void {
  switch (note.type) {
    case "tool_call":
      draft.fact("tool_called", { turn, id: note.id, name: note.name, arguments: note.arguments });
      break;
    case "tool_result":
      draft.fact("tool_returned", { turn, id: note.id, result: note.result, failed: note.failed ?? false });
      break;
    case "usage":
      draft.fact("tokens_used", { turn, input: note.inputTokens ?? 0, output: note.outputTokens ?? 0 });
      break;
    case "retried":
      draft.fact("provider_retried", { turn, reason: note.reason });
      break;
    case "chosen":
      draft.fact("agent_chosen", { turn, name: note.name });
      break;
    case "memory":
      draft.fact("memory_replaced", { values: note.values });
      break;
  }
}
