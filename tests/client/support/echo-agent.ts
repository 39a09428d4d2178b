import { functionAgent } from "@parley/server";

/** Greets, and repeats each message, in pieces. */
const agent = functionAgent({
  name: "Echo",
  respond: async function* ({ reason, messages }) {
    if (reason === "greeting") yield "Hello.";
    for (const { text } of messages) {
      yield `You said `;
      yield `<${text}>.`;
    }
  },
});

export const echoConfig = {
  log: "warn",
  connectors: [{ id: "demo", token: "demo", hosts: ["localhost"], agent }],
};
