import { Chat } from "../support/chat.ts";
import { launchBrowser } from "./support/browser.ts";
import { Playground } from "./support/playground.ts";
import { startServer } from "./support/start-server.ts";

/*
 * Takes the pictures of the playground in docs/images anew: `npm run screenshots:playground`.
 */

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;

interface Picture {
  name: string;
  options?: { isPhone?: boolean; isDark?: boolean };
  play: (playground: Playground, server: string) => Promise<void>;
}

/** Says something in the widget, and waits until an answer to it is whole. */
async function say({ widget }: Playground, text: string, answer: string | RegExp): Promise<void> {
  const field = widget.getByRole("textbox");
  await field.fill(text);
  await field.press("Enter");
  await widget.getByText(answer).first().waitFor();
  await widget.locator(".streaming").waitFor({ state: "hidden" });
}

const PICTURES: Picture[] = [
  {
    name: "playground",
    play: async (playground) => {
      await say(playground, "What is on the menu?", /Tagliatelle/);
      await say(playground, "A table for two, please", /You said/);
      await playground.button("Drop").click();
      await playground.row("opened", "connected").nth(1).waitFor();
      await playground.page.locator("button:enabled", { hasText: /^Drop$/ }).waitFor();
      await playground.row("down", "EVENT_BATCH").last().click();
    },
  },
  {
    name: "playground-dark",
    options: { isDark: true },
    play: async (playground) => {
      await playground.button("Wide").click();
      await say(playground, "What is on the menu?", /Tagliatelle/);
      await playground.show("Messages");
    },
  },
  {
    name: "playground-phone",
    options: { isPhone: true },
    play: async (playground, server) => {
      const chat = await Chat.create(server);
      await chat.connect();
      await chat.join();
      await playground.pick(chat.sessionId);
      await playground.show("Wire");
      await playground.rows.nth(5).click();
      chat.drop();
    },
  },
];

const browser = await launchBrowser();
try {
  for (const { name, options, play } of PICTURES) {
    await using server = await startServer();
    await using playground = await Playground.open(browser, server.url, options);
    await play(playground, server.url);
    const path = `${IMAGES}${name}.png`;
    await playground.page.screenshot({ path });
    console.log(path);
  }
} finally {
  await browser.close();
}
