import { ATTACHMENT_TYPE } from "@parley/protocol";
import { z } from "zod";
import type { AgentPart } from "../agent.ts";
import { languageSchema } from "../parts.ts";
import { toUri } from "../uri.ts";
import { type HandoffOptions, handoffArguments, toHandoff } from "./handoff.ts";
import type { BuiltInTool } from "./names.ts";

/** What comes of a call. */
export interface Performed {
  /** Parts of the answer, in order; none where it failed. A handoff or an end is the last. */
  parts: AgentPart[];
  /** What the caller is told. */
  result: string;
  failed: boolean;
}

/** A part of the protocol, as a tool. */
export interface Tool {
  description: string;
  schema: z.ZodType;
  /**
   * - `last`: nothing is said after it (a handoff, an end).
   * - `beside`: it goes with the text that was said, so that nothing need be said after it.
   * - `before`: it is about the text that is still to come.
   */
  place: "last" | "beside" | "before";
  /** @param args anything; what is not valid fails, with a word on what was expected */
  perform(args: unknown): Performed;
}

/** Cards, replies and numbers in one call; more is of no use on a phone. */
const MOST = 10;

const text = (max: number) => z.string().trim().min(1).max(max);
const uri = z.string().transform((given, context) => {
  const valid = toUri(given);
  if (valid !== null) return valid;
  context.addIssue({ code: "custom", message: "must be an absolute URL" });
  return z.NEVER;
});
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(MOST);

const cards = z.object({
  cards: list(
    z.object({
      title: text(200),
      url: uri.describe("What opens. An absolute URL that you were given; never one that you made up."),
      kind: z.enum(["link", "image"]).default("link"),
      image_url: z
        .union([z.literal(""), uri])
        .default("")
        .describe("A picture on the card, or empty."),
      button: z.string().max(100).default("").describe("The text of the button."),
    }),
  ),
});
const replies = z.object({ replies: list(text(200)) });
const numbers = z.object({
  numbers: list(
    z.object({
      title: text(200),
      number: text(50).describe("A telephone number that you were given; never one that you made up."),
    }),
  ),
});
const language = z.object({ language: languageSchema.describe("A BCP-47 tag, such as fr-FR.") });

/** The protocol's own tools. @param names which of them */
export function builtInTools(
  names: readonly BuiltInTool[],
  handoff: HandoffOptions,
): ReadonlyMap<string, Tool> {
  const all: Record<BuiltInTool, Tool> = {
    hand_off: tool(
      "last",
      "Hands the conversation to a person. Tell the user first, in your own words. You say nothing after it.",
      handoffArguments(handoff),
      (args) => [{ type: "handoff", handoff: toHandoff(handoff, args) }],
    ),
    end_conversation: tool(
      "last",
      "Ends the conversation for good, when the user is done. Say goodbye first. You say nothing after it.",
      z.object({}),
      () => [{ type: "end" }],
    ),
    show_cards: tool("beside", "Shows cards with links or pictures below your message.", cards, (args) => [
      {
        type: "attachments",
        attachments: args.cards.map(({ title, url, kind, image_url, button }) => ({
          title,
          preview_image_url: image_url,
          content_url: url,
          content_type: kind === "image" ? ATTACHMENT_TYPE.image : ATTACHMENT_TYPE.url,
          call_to_action_text: button,
        })),
      },
    ]),
    suggest_replies: tool(
      "beside",
      "Offers short replies that the user can tap. Call it together with your text.",
      replies,
      (args) => [
        { type: "suggestions", suggestions: args.replies.map((message_text) => ({ message_text })) },
      ],
    ),
    offer_call: tool("beside", "Offers numbers that the user can call with a tap.", numbers, (args) => [
      {
        type: "call_actions",
        actions: args.numbers.map(({ title, number }) => ({ title, contact_number: number })),
      },
    ]),
    change_language: tool(
      "before",
      "Says in which language you speak from here on. Call it before the first text in another language.",
      language,
      (args) => [{ type: "language", language: args.language }],
    ),
  };
  return new Map(names.map((name) => [name, all[name]]));
}

function tool<Schema extends z.ZodType>(
  place: Tool["place"],
  description: string,
  schema: Schema,
  partsOf: (args: z.infer<Schema>) => AgentPart[],
): Tool {
  return {
    place,
    description,
    schema,
    perform(args) {
      const read = schema.safeParse(args);
      if (read.success) return { parts: partsOf(read.data), result: "done", failed: false };
      return { parts: [], result: z.prettifyError(read.error), failed: true };
    },
  };
}
