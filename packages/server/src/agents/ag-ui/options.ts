import { z } from "zod";
import type { Turn } from "../agent.ts";
import { type HandoffOptions, handoffOptionsSchema } from "../built-in/handoff.ts";
import { BUILT_IN_TOOLS, type BuiltInTool } from "../built-in/names.ts";

type Headers = Readonly<Record<string, string>>;

/** How an agent is reached that speaks AG-UI over HTTP. */
export interface AgUiAgentOptions {
  /** Shown to the user. */
  name: string;
  /** An absolute URL; none by default. */
  avatarUrl?: string;
  /** Where a run is asked for, by POST. */
  url: string;
  /** Headers of each request, such as `Authorization`, or a function of the turn that makes them. Never logged. */
  headers?: Headers | ((turn: Turn) => Headers | Promise<Headers>);
  /**
   * What of the conversation is sent with a run. `all`: from its first word. `new`: what was said since the agent's last
   * answer, for a service that keeps the conversation by its thread id. Default: `all`.
   */
  history?: "all" | "new";
  /** Which of the protocol's own tools are announced to the service. Default: all. */
  builtIn?: readonly BuiltInTool[];
  /** Where `hand_off` leads. Default: `{ managed: "server" }`. */
  handoff?: HandoffOptions;
  /** Handed to the service in `forwardedProps`, beside `parley`. */
  forwardedProps?: Readonly<Record<string, unknown>>;
  /** Whether the service says the greeting too. Default: false, the connector's greeting is said. */
  greets?: boolean;
  /** How long the service may take until its answer begins, seconds. Default: 30. */
  startSeconds?: number;
  /** How long the service may be silent within a run, seconds; any event counts. Default: 60. */
  silenceSeconds?: number;
}

export type CompleteOptions = Required<Omit<AgUiAgentOptions, "builtIn" | "handoff">> & {
  builtIn: readonly BuiltInTool[];
  handoff: HandoffOptions;
};

const callable = z.custom<unknown>((value) => typeof value === "function");
const seconds = (initial: number) => z.number().positive().max(600).default(initial);

const schema = z.strictObject({
  name: z.string().min(1),
  avatarUrl: z.union([z.literal(""), z.url()], "must be an absolute URL, or empty").default(""),
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
  headers: z
    .union(
      [z.record(z.string(), z.string()), callable],
      "must be an object of texts or a function of the turn",
    )
    .default({}),
  history: z.enum(["all", "new"]).default("all"),
  builtIn: z.array(z.enum(BUILT_IN_TOOLS)).default([...BUILT_IN_TOOLS]),
  handoff: handoffOptionsSchema.default({ managed: "server" }),
  forwardedProps: z.record(z.string(), z.unknown()).default({}),
  greets: z.boolean().default(false),
  startSeconds: seconds(30),
  silenceSeconds: seconds(60),
});

/** The names of all options. */
export const OPTION_NAMES: readonly string[] = Object.keys(schema.shape);

/**
 * Checks the options, and fills in what was left out.
 * @throws TypeError with every fault and its key; never with a value, which may be a secret
 */
export function completeOptions(options: AgUiAgentOptions): CompleteOptions {
  const read = schema.safeParse(options);
  if (!read.success) throw new TypeError(`agUiAgent: ${z.prettifyError(read.error)}`);
  return read.data as CompleteOptions;
}
