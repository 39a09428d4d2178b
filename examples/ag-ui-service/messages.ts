import { contentToText, type Message } from "@ag-ui/core";
import type { ModelMessage } from "ai";

/** The messages of a run, as the AI SDK takes them. */
export function toModelMessages(messages: readonly Message[]): ModelMessage[] {
  const names = new Map<string, string>();
  return messages.flatMap((message): ModelMessage[] => {
    switch (message.role) {
      case "user":
        return [{ role: "user", content: contentToText(message.content) }];
      case "developer":
      case "system":
        return [{ role: "user", content: `(${message.content})` }];
      case "assistant": {
        const calls = (message.toolCalls ?? []).map(({ id, function: { name, arguments: given } }) => {
          names.set(id, name);
          return { type: "tool-call" as const, toolCallId: id, toolName: name, input: JSON.parse(given) };
        });
        const text = message.content ? [{ type: "text" as const, text: message.content }] : [];
        return [{ role: "assistant", content: [...text, ...calls] }];
      }
      case "tool": {
        const { toolCallId, content } = message;
        const output = { type: "text" as const, value: contentToText(content) };
        const toolName = names.get(toolCallId) ?? "unknown";
        return [{ role: "tool", content: [{ type: "tool-result", toolCallId, toolName, output }] }];
      }
      default:
        return [];
    }
  });
}
