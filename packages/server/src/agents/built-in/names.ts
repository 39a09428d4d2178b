/** The protocol's own tools, by the names under which a model or an agent framework calls them. */
export const BUILT_IN_TOOLS = [
  "hand_off",
  "end_conversation",
  "show_cards",
  "suggest_replies",
  "offer_call",
  "change_language",
] as const;

export type BuiltInTool = (typeof BUILT_IN_TOOLS)[number];
