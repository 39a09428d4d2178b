import { afterAll, beforeAll } from "vitest";
import { useCleanUp } from "../../support/clean-up.ts";
import type { HostOptions, Visit } from "./host-page.ts";
import { ShopWorld } from "./shop-world.ts";

type BrowserOptions = Parameters<ShopWorld["site"]["visit"]>[2];

/** One shop for the tests of a `describe`, and visits to it that end with their test. To be called once, in it. */
export function useShop(): {
  world: () => ShopWorld;
  visit: (options?: HostOptions, browser?: BrowserOptions) => Promise<Visit>;
} {
  const cleanUp = useCleanUp();
  let world: ShopWorld;
  beforeAll(async () => {
    world = await ShopWorld.open();
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  return {
    world: () => world,
    visit: async (options, browser) => cleanUp().use(await world.site.visit(world.browser, options, browser)),
  };
}
