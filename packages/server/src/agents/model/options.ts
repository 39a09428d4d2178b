import { z } from "zod";
import type { Turn } from "../agent.ts";
import { type HandoffOptions, handoffOptionsSchema } from "../built-in/handoff.ts";
import { BUILT_IN_TOOLS, type BuiltInTool } from "../built-in/names.ts";
import type { McpServer } from "./mcp.ts";
import type { CallSettings, LanguageModel, ToolSet } from "./sdk.ts";

/** How a model agent is made. */
export interface ModelAgentOptions {
  /** Shown to the user. Default: `Assistant`. */
  name?: string;
  /** An absolute URL; none by default. */
  avatarUrl?: string;
  /** A model of the AI SDK from any of its providers, or the name of a model at `url`. */
  model: LanguageModel | string;
  /** The base URL of an OpenAI-compatible service, such as `http://localhost:11434/v1`. Needed with a model's name. */
  url?: string;
  /** Sent as Bearer to `url`. Never logged. None by default. */
  key?: string | undefined;
  /** Further headers for `url`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Who the agent is and what it is for; a text, or a function of the turn. */
  instructions?: string | ((turn: Turn) => string | Promise<string>);
  /**
   * Tools of the AI SDK, each with `execute`, or a function of the turn that makes them. `execute` gets the id under which
   * its call was noted, and a signal that is aborted when its time is up or nobody listens any more.
   */
  tools?: ToolSet | ((turn: Turn) => ToolSet | Promise<ToolSet>);
  /** MCP servers by name. A tool `find` of the server `shop` is `shop_find` to the model. */
  mcp?: Readonly<Record<string, McpServer>>;
  /** Which of the protocol's own tools the model has. Default: all. */
  builtIn?: readonly BuiltInTool[];
  /** Where `hand_off` leads. Default: `{ managed: "server" }`. */
  handoff?: HandoffOptions;
  /** Whether the model says the greeting too. Default: false, the connector's greeting is said at once and costs nothing. */
  greets?: boolean;
  /** The transcript goes back so far, in tokens; the turn's own messages are never cut. Default: 8000. */
  transcriptTokens?: number;
  /** Counts the tokens of a text. Default: a token for every four bytes of UTF-8. */
  countTokens?: (text: string) => number;
  /** How often the model is asked in one turn; the last time without tools. Default: 8. */
  maxSteps?: number;
  /** How long one call of a tool may take, seconds. Default: 20; a turn waits for a tool as long as for a first word. */
  toolSeconds?: number;
  /** What the model is told of one tool's result, bytes of JSON; the rest is cut off. Default: 16384. */
  toolResultBytes?: number;
  /** Handed on to the AI SDK as they are: `temperature`, `maxOutputTokens`, `providerOptions` and the like. */
  settings?: CallSettings;
}

/** The options with what was left out. */
export type CompleteOptions = ModelAgentOptions &
  Required<
    Pick<
      ModelAgentOptions,
      | "name"
      | "avatarUrl"
      | "builtIn"
      | "handoff"
      | "greets"
      | "transcriptTokens"
      | "countTokens"
      | "maxSteps"
      | "toolSeconds"
      | "toolResultBytes"
    >
  >;

/** English has some four bytes to a token, German and code three, Chinese three; it errs on the side of less history. */
const BYTES_PER_TOKEN = 4;
/** Steps above this are no answer to somebody who waits. */
const MAX_STEPS = 50;
/** A result above this would fill the context of most models. */
const MAX_TOOL_RESULT_BYTES = 65_536;

const isModel = (value: unknown): boolean =>
  typeof value === "string"
    ? value.trim() !== ""
    : typeof value === "object" && value !== null && "doStream" in value && "modelId" in value;

const object = z.record(z.string(), z.unknown());
const callable = z.custom<unknown>((value) => typeof value === "function");

/** The name becomes part of tools' names, which providers bound to 64 of these characters. */
const mcpName = z.string().regex(/^[A-Za-z0-9-]{1,24}$/, "must be 1 to 24 letters, digits and hyphens");
const strings = z.record(z.string(), z.string());
const mcpServer = z.union(
  [
    z.strictObject({
      command: z.string().min(1),
      args: z.array(z.string()).optional(),
      env: strings.optional(),
      cwd: z.string().optional(),
    }),
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }),
      headers: strings.optional(),
      transport: z.enum(["http", "sse"]).optional(),
    }),
  ],
  { error: "must have either command (with args, env, cwd) or an http(s) url (with headers, transport)" },
);

const schema = z.strictObject({
  name: z.string().min(1).default("Assistant"),
  avatarUrl: z.union([z.literal(""), z.url()], "must be an absolute URL, or empty").default(""),
  model: z.custom<LanguageModel | string>(
    isModel,
    "must be a model of the AI SDK, or a model's name with a url",
  ),
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  key: z.string("must be a text").min(1, "must not be empty").optional(),
  headers: strings.optional(),
  instructions: z.union([z.string(), callable], "must be a text or a function of the turn").optional(),
  tools: z.union([object, callable], "must be an object of tools or a function of the turn").optional(),
  mcp: z.record(mcpName, mcpServer).optional(),
  builtIn: z.array(z.enum(BUILT_IN_TOOLS)).default([...BUILT_IN_TOOLS]),
  handoff: handoffOptionsSchema.default({ managed: "server" }),
  greets: z.boolean().default(false),
  transcriptTokens: z.int().min(0).default(8_000),
  countTokens: callable.optional(),
  maxSteps: z.int().min(1).max(MAX_STEPS).default(8),
  toolSeconds: z.number().positive().max(600).default(20),
  toolResultBytes: z.int().min(256).max(MAX_TOOL_RESULT_BYTES).default(16_384),
  settings: object.optional(),
});

/** The names of all options. */
export const OPTION_NAMES: readonly string[] = Object.keys(schema.shape);

/**
 * Checks the options, and fills in what was left out.
 * @throws TypeError with every fault and its key; never with a value, which may be a secret
 */
export function completeOptions(options: ModelAgentOptions): CompleteOptions {
  const read = schema.safeParse(options);
  if (!read.success) throw new TypeError(`modelAgent: ${z.prettifyError(read.error)}`);
  const { data } = read;
  if (typeof data.model === "string" && data.url === undefined) {
    throw new TypeError("modelAgent: a model's name needs url, the base URL of the service that has it");
  }
  if (typeof data.model !== "string" && (data.url ?? data.key ?? data.headers) !== undefined) {
    throw new TypeError(
      "modelAgent: url, key and headers go with a model's name; a model of the AI SDK has its own",
    );
  }
  const countTokens = options.countTokens ?? ((text) => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN));
  return { ...data, countTokens } as CompleteOptions;
}
