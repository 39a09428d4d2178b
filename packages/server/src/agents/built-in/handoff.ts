import { z } from "zod";
import type { Handoff } from "../agent.ts";

/** Where a handoff that a model or an agent framework asks for leads [protocol section 6]. */
export type HandoffOptions =
  /** The server finds somebody. With `queues` one of them is picked; without, none is named. */
  | { managed: "server"; queues?: readonly string[] | undefined }
  /** The client takes the user elsewhere: a queue is picked, and the route is the one that stands here. */
  | { managed: "client"; routes: Readonly<Record<string, string>> };

const names = z.array(z.string().min(1)).min(1);

export const handoffOptionsSchema = z.discriminatedUnion("managed", [
  z.strictObject({ managed: z.literal("server"), queues: names.optional() }),
  z.strictObject({
    managed: z.literal("client"),
    routes: z
      .record(z.string().min(1), z.string())
      .refine((routes) => Object.keys(routes).length > 0, "must not be empty"),
  }),
]);

const REASONS = ["COMPLEX_QUERY", "AGENT_DECISION", "POLICY"] as const;

/** The arguments of `hand_off`, as this server can carry them out: a queue that is not listed cannot be named. */
export function handoffArguments(options: HandoffOptions) {
  if (options.managed === "client") {
    return z.object({
      reason: z.enum(REASONS).describe("Why: too complex, your own decision, or a policy."),
      queue: z.enum(Object.keys(options.routes)).describe("Who should go on."),
    });
  }
  const reason = z.string().max(500).describe("Why, in a sentence, for the person who goes on.");
  const summary = z
    .string()
    .max(4_000)
    .optional()
    .describe("What the user wants and what you have found out so far, for the person who goes on.");
  if (options.queues === undefined) return z.object({ reason, summary });
  return z.object({ reason, summary, queue: z.enum(options.queues).describe("Who should go on.") });
}

/** @param args what `handoffArguments` has let through */
export function toHandoff(
  options: HandoffOptions,
  args: { reason: string; queue?: string; summary?: string | undefined },
): Handoff {
  const { reason, queue, summary } = args;
  if (options.managed === "client") {
    const route = options.routes[queue ?? ""] ?? "";
    return { managed: "client", reason: reason as (typeof REASONS)[number], queue: queue ?? "", route };
  }
  return {
    managed: "server",
    reason,
    ...(queue !== undefined && { queue }),
    ...(summary !== undefined && { summary }),
  };
}
