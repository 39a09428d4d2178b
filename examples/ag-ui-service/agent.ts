import type { RunAgentInput } from "@ag-ui/core";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { isStepCount, jsonSchema, ToolLoopAgent, tool } from "ai";
import { z } from "zod";

const { PARLEY_MODEL, PARLEY_MODEL_URL, PARLEY_MODEL_KEY } = process.env;

const provider = createOpenAICompatible({
  name: "model",
  baseURL: PARLEY_MODEL_URL || "http://localhost:11434/v1",
  ...(PARLEY_MODEL_KEY && { apiKey: PARLEY_MODEL_KEY }),
});

/** The service's own tool: it runs here. */
const check_stock = tool({
  description: "Says how many of a bicycle are in stock.",
  inputSchema: z.object({ bicycle: z.string() }),
  execute: async ({ bicycle }) => (/tandem/i.test(bicycle) ? 0 : 3),
});

/** The agent of one run: with what Parley announces as tools, which have no `execute`, since Parley carries them out. */
export function makeAgent({ tools, context }: RunAgentInput) {
  const announced = tools.map(({ name, description, parameters }) => [
    name,
    tool({ description, inputSchema: jsonSchema(parameters) }),
  ]);
  const known = context.map(({ description, value }) => `${description}: ${value}`).join("\n");
  return new ToolLoopAgent({
    model: provider.chatModel(PARLEY_MODEL || "llama3.2"),
    instructions: `You sell bicycles. Be brief.\n${known}`,
    tools: { check_stock, ...Object.fromEntries(announced) },
    stopWhen: isStepCount(5),
  });
}
