import { type AgentPart, defineConfig, functionAgent } from "@parley/server";

const OPENING_HOURS = "We are open from **9 to 18**, Monday to Saturday.";
const WAYS: AgentPart = {
  type: "suggestions",
  suggestions: [{ message_text: "When are you open?" }, { message_text: "I want to talk to a person" }],
};

const agent = functionAgent({
  name: "Bo",
  async *respond(turn) {
    if (turn.reason === "greeting") {
      yield "Hello, this is the bicycle shop. What can I do for you?";
      yield WAYS;
    }
    if (turn.reason === "returned") yield "I am sorry, nobody is free right now. I go on for you.";
    for (const { text } of turn.messages) {
      yield* answer(text.toLowerCase());
      yield { type: "message_end" };
    }
  },
});

function* answer(text: string): Generator<AgentPart | string> {
  if (/open|hours/.test(text)) {
    yield OPENING_HOURS;
  } else if (/person|human/.test(text)) {
    yield "One moment, I fetch somebody.";
    yield { type: "handoff", handoff: { managed: "server", reason: "asked for a person" } };
  } else if (/bye|thanks/.test(text)) {
    yield "Ride safely!";
    yield { type: "end" };
  } else {
    yield "I know our opening hours, and I can fetch a person.";
    yield WAYS;
  }
}

export default defineConfig({
  connectors: [{ id: "shop", token: "demo", hosts: ["localhost"], agent }],
});
