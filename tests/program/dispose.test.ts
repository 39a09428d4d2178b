import { expect, it } from "vitest";
import {
  type Agent,
  fallbackAgent,
  filterAgent,
  functionAgent,
  routerAgent,
} from "../../packages/server/src/index.ts";
import { configuredServer } from "../support/server.ts";

it("a server that stops lets its agents go, also those within others, each once", async () => {
  const gone: string[] = [];
  const holding = (name: string): Agent => ({
    ...functionAgent({ name, respond: () => "Hi." }),
    async [Symbol.asyncDispose]() {
      gone.push(name);
      throw new Error("it would not let go");
    },
  });
  const [first, second, routed] = [holding("first"), holding("second"), holding("routed")];
  const agent = filterAgent({
    agent: routerAgent({
      routes: [{ when: () => true, agent: routed }],
      otherwise: fallbackAgent({ agents: [first, second] }),
    }),
    filter: (text) => text,
  });
  const connector = { id: "a", token: "a", hosts: ["localhost"], agent };
  const server = await configuredServer({ connectors: [connector, { ...connector, id: "b", token: "b" }] });
  expect(gone).toEqual([]);
  await server[Symbol.asyncDispose]();
  expect(gone.sort()).toEqual(["first", "routed", "second"]);
});
