import { mkdir } from "node:fs/promises";
import type { BrowserContextOptions } from "playwright-core";
import type { HostOptions, Visit } from "./support/host-page.ts";
import { ShopWorld } from "./support/shop-world.ts";

/*
 * Takes the pictures of docs/images anew, from the pages of the tests: `npm run screenshots [part of a name]`.
 */

interface Picture {
  name: string;
  host?: HostOptions;
  browser?: { isPhone?: boolean } & BrowserContextOptions;
  /** What happens before it is taken. */
  play: (visit: Visit) => Promise<void>;
}

const talk = async (visit: Visit) => {
  await visit.open();
  await visit.say("What is fresh today?");
  await visit.panel.locator(".cards").waitFor();
  await visit.panel.getByRole("button", { name: "Reserve a sourdough" }).waitFor();
};

const talkArabic = async (visit: Visit) => {
  await visit.open();
  await visit.say("ما الطازج اليوم؟");
  await visit.sees("A-42");
  await visit.panel.getByRole("button", { name: "شكرًا" }).waitFor();
};

const arabic: HostOptions = { lang: "ar", dir: "rtl", attributes: { "data-position": "left" } };
const dark = { colorScheme: "dark" } as const;

const PICTURES: Picture[] = [
  {
    name: "launcher",
    play: async (visit) => {
      await visit.call("showBubble", "Fresh bread until eight. Any questions?");
    },
  },
  { name: "desktop-light", play: talk },
  { name: "desktop-dark", host: { isDark: true }, browser: dark, play: talk },
  { name: "desktop-rtl", host: arabic, play: talkArabic },
  { name: "phone-light", browser: { isPhone: true }, play: talk },
  { name: "phone-dark", browser: { isPhone: true, ...dark }, play: talk },
  { name: "phone-rtl", host: arabic, browser: { isPhone: true, ...dark }, play: talkArabic },
  {
    name: "consent",
    host: { token: "consent" },
    play: async (visit) => {
      await visit.launcher.click();
      await visit.panel.getByRole("button", { name: "Agree" }).waitFor();
    },
  },
  {
    name: "states",
    play: async (visit) => {
      await visit.open();
      await visit.say("Show me the code");
      await visit.sees("Nothing else on the page");
      await visit.say("Please call me");
      await visit.sees("+44 20 7946 0958");
      await visit.say("Can I talk to a person?");
      await visit.sees("Nobody is free just now");
      await visit.say("Please answer slowly");
      await visit.panel.locator(".streaming").waitFor();
    },
  },
  {
    name: "ended",
    host: { isDark: true },
    browser: dark,
    play: async (visit) => {
      await visit.open();
      await visit.say("Bye!");
      await visit.told("onSessionEnded");
      await visit.panel.locator(".over").waitFor();
    },
  },
  {
    name: "menu",
    play: async (visit) => {
      await talk(visit);
      await visit.panel.getByRole("button", { name: "More options" }).click();
    },
  },
  {
    name: "fullscreen",
    host: { attributes: { "data-render-mode": "fullscreen" } },
    play: async (visit) => {
      await visit.panel.locator(".suggestions").waitFor();
      await visit.say("What is fresh today?");
      await visit.panel.locator(".cards").waitFor();
      await visit.panel.getByRole("button", { name: "Reserve a sourdough" }).waitFor();
    },
  },
  {
    name: "offline",
    browser: { isPhone: true },
    play: async (visit) => {
      await visit.open();
      await visit.call("closeWidget");
      await visit.call("sendMessage", "Is anybody there?");
      await visit.call("openWidget");
      await visit.sees("You said: Is anybody there?");
      await visit.context.setOffline(true);
      await visit.say("And now?");
      await visit.panel.getByText("Sending…").waitFor();
      await visit.panel.getByText("Reconnecting…").waitFor();
      await visit.say("I am in a tunnel");
    },
  },
  {
    name: "300-messages",
    play: async (visit) => {
      await visit.open();
      await visit.ask(150);
      await visit.panel.locator(".scroller").hover();
      await visit.page.mouse.wheel(0, -900);
      await visit.panel.locator(".to-newest").waitFor();
    },
  },
];

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;
const wanted = process.argv[2] ?? "";
await mkdir(IMAGES, { recursive: true });
await using world = await ShopWorld.open();
for (const { name, host, browser, play } of PICTURES.filter((picture) => picture.name.includes(wanted))) {
  const size = browser?.isPhone ? {} : { viewport: { width: 1080, height: 760 } };
  await using visit = await world.site.visit(world.browser, host, {
    deviceScaleFactor: 2,
    ...size,
    ...browser,
  });
  await play(visit);
  // Pictures on the cards arrive by themselves.
  await visit.page.waitForLoadState("networkidle");
  const path = `${IMAGES}widget-${name}.png`;
  await visit.page.screenshot({ path });
  console.log(path);
}
