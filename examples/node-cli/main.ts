import { createInterface } from "node:readline/promises";
import { Conversation, type Happening, type Message } from "@parley/client";

const url = process.argv[2] ?? "http://localhost:8080";
const chat = new Conversation({ url, connectorToken: process.env.PARLEY_TOKEN ?? "demo", host: "localhost" });
const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });

/** What was printed: whole messages of others, failures, and what happened between. */
const printed = new Set<string>();

function line(item: Message | Happening): string | null {
  if (item.kind === "event")
    return item.event.type === "EVENT_TYPE_POLY_AGENT_JOINED"
      ? `* ${item.event.payload.agent_name} joined`
      : null;
  if (item.state === "failed") return `! not sent: ${item.text} (${item.error?.message})`;
  return item.state === "complete" && item.text ? `${item.name}: ${item.text}` : null;
}

let state = "";
chat.subscribe(() => {
  const { timeline, connection, ended } = chat.getSnapshot();
  for (const item of timeline) {
    const text = printed.has(item.id) ? null : line(item);
    if (text === null) continue;
    printed.add(item.id);
    console.log(text);
  }
  if (connection.state !== state && (connection.state === "lost" || connection.state === "failed"))
    console.log(`* ${connection.error?.message}`);
  state = connection.state;
  if (ended !== null || connection.state === "failed") {
    console.log(ended === null ? "* it cannot go on" : "* the conversation is over");
    terminal.close();
  }
});

terminal.on("line", (text) => {
  if (text === "/end") chat.end();
  else if (text) chat.send(text);
});
terminal.on("close", () => chat.stop());
chat.start();
