import { describe, expect, it } from "vitest";
import { says, simple } from "../testing/agents.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import type { Turn } from "./agent.ts";
import { agentContract, partsOf } from "./contract.ts";
import { routerAgent } from "./router.ts";

agentContract("a router", (clock) => routerAgent({ routes: [], otherwise: simple(clock) }));

describe("a router", () => {
  const router = routerAgent({
    name: "Desk",
    routes: [
      { when: { context: { vip: true } }, agent: says("Vera", "vip") },
      { when: { language: "fr", attributes: { plan: "gold" } }, agent: says("Guy", "or") },
      { when: { language: "fr" }, agent: says("Fleur", "fr") },
      { when: ({ messages }) => messages.length > 1, agent: says("Max", "many") },
    ],
    otherwise: says("Ada", "else"),
  });
  const session = (change: object): Turn => {
    const turn = makeTurn();
    return { ...turn, session: { ...turn.session, ...change } };
  };

  it.each<[string, Turn, string, string]>([
    ["by the client's language", session({ locale: "fr-CA" }), "fr", "Fleur"],
    ["by the language that is spoken", { ...session({ locale: "en" }), language: "FR" }, "fr", "Fleur"],
    ["not by a language that begins alike", session({ locale: "fro" }), "else", "Ada"],
    ["by both", session({ locale: "fr", attributes: { plan: "gold" } }), "or", "Guy"],
    ["by what is vouched for", { ...session({ locale: "fr" }), context: { vip: true } }, "vip", "Vera"],
    ["not by what the client claims of it", session({ attributes: { vip: true } }), "else", "Ada"],
    ["by a function", messagesTurn("a", "b"), "many", "Max"],
    ["by nothing", messagesTurn("a"), "else", "Ada"],
  ])("picks %s, and says whom", async (_, turn, text, name) => {
    expect(router.name).toBe("Desk");
    expect(await partsOf(router, turn)).toEqual([
      { type: "chosen", name },
      { type: "text", text },
    ]);
  });

  it("refuses a language that is none when it is made", () => {
    const agent = says("Ada");
    expect(() =>
      routerAgent({ routes: [{ when: { language: "fr_FR!" }, agent }], otherwise: agent }),
    ).toThrow('"fr_FR!" is no BCP-47 language tag');
  });
});
