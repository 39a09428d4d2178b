import { defineConfig, modelAgent } from "@parley/server";
import { tool } from "ai";
import { z } from "zod";

/** Stands for a shop's own database. */
const ORDERS: Readonly<Record<string, string>> = {
  "1001": "shipped on Monday, arrives tomorrow",
  "1002": "being packed",
};

const look_up_order = tool({
  description: "Looks up where an order is.",
  inputSchema: z.object({ number: z.string().describe("The number of the order, such as 1001.") }),
  execute: async ({ number }) => ORDERS[number] ?? "there is no such order",
});

const { PARLEY_MODEL, PARLEY_MODEL_URL, PARLEY_MODEL_KEY } = process.env;

const agent = modelAgent({
  name: "Mo",
  model: PARLEY_MODEL || "llama3.2",
  url: PARLEY_MODEL_URL || "http://localhost:11434/v1",
  ...(PARLEY_MODEL_KEY && { key: PARLEY_MODEL_KEY }),
  instructions:
    "You work for a bicycle shop. Help customers with their orders. Where you cannot help, hand the conversation to a person.",
  tools: { look_up_order },
});

export default defineConfig({
  connectors: [
    {
      id: "shop",
      token: "demo",
      hosts: ["localhost"],
      greeting: "Hello, this is the bicycle shop. Do you have the number of your order?",
      agent,
    },
  ],
});
