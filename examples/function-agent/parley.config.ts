import { defineConfig, end, functionAgent, handoff, match, reply, type Said, suggest } from "@parley/server";

const WAYS = suggest("When are you open?", "I want to talk to a person");

const agent = functionAgent({
  name: "Bo",
  async *respond({ reason, messages }) {
    if (reason === "greeting") yield ["Hello, this is the bicycle shop. What can I do for you?", WAYS];
    if (reason === "returned") yield reply("I am sorry, nobody is free right now. I go on for you.");
    for (const { text } of messages) yield answer(text);
  },
});

const answer = (text: string): Said =>
  match<Said>(
    text,
    [
      [["open", "hours"], reply("We are open from **9 to 18**, Monday to Saturday.")],
      [
        ["person", "human"],
        ["One moment, I fetch somebody.", handoff({ reason: "asked for a person" })],
      ],
      [
        ["bye", "thanks"],
        ["Ride safely!", end()],
      ],
    ],
    reply("I know our opening hours, and I can fetch a person.", WAYS),
  );

export default defineConfig({
  connectors: [{ id: "shop", token: "demo", hosts: ["localhost"], agent }],
});
