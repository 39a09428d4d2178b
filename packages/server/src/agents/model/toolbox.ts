import type { Turn } from "../agent.ts";
import { type Tool as BuiltIn, builtInTools } from "../built-in/tools.ts";
import type { McpServers } from "./mcp.ts";
import type { CompleteOptions } from "./options.ts";
import type { Tool, ToolSet } from "./sdk.ts";

/** All that the model can call in one turn. */
export interface Toolbox {
  builtIn: ReadonlyMap<string, BuiltIn>;
  /** The user's own and those of MCP servers. */
  own: ToolSet;
  /** All of them, as the model is told. */
  all: ToolSet;
  /** What is missing, each in a sentence for the log. */
  missing: string[];
}

/** @throws TypeError where two tools have one name, or one cannot be run */
export async function openToolbox(options: CompleteOptions, mcp: McpServers, turn: Turn): Promise<Toolbox> {
  const { tools = {}, builtIn: names, handoff } = options;
  const [own, fromServers] = await Promise.all([
    typeof tools === "function" ? tools(turn) : tools,
    mcp.tools(),
  ]);
  const builtIn = builtInTools(names, handoff);
  for (const [name, tool] of Object.entries(own)) checkTool(name, tool, builtIn);
  const described = [...builtIn].map(([name, { description, schema }]) => [
    name,
    { description, inputSchema: schema } as Tool,
  ]);
  const runnable = { ...fromServers.tools, ...own };
  return {
    builtIn,
    own: runnable,
    all: { ...runnable, ...Object.fromEntries(described) },
    missing: fromServers.missing,
  };
}

function checkTool(name: string, tool: Tool, builtIn: ReadonlyMap<string, BuiltIn>): void {
  if (builtIn.has(name))
    throw new TypeError(`modelAgent: the tool ${name} has the name of one of the protocol's own`);
  if (tool.type === "provider") return;
  if (typeof tool.execute !== "function") throw new TypeError(`modelAgent: the tool ${name} has no execute`);
  if (tool.needsApproval) {
    throw new TypeError(`modelAgent: the tool ${name} needs approval, and nobody is there to give it`);
  }
}
