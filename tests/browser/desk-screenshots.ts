import { launchBrowser } from "./support/browser.ts";
import { DeskTab } from "./support/desk-tab.ts";
import { DeskWorld } from "./support/desk-world.ts";
import { startServer } from "./support/start-server.ts";

/*
 * Takes the pictures of the desk in docs/images anew: `npm run screenshots:desk`.
 */

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;

interface Picture {
  name: string;
  options?: { isPhone?: boolean; isDark?: boolean };
  play: (desk: DeskTab) => Promise<void>;
}

async function open({ page }: DeskTab): Promise<void> {
  await page.getByText("Maria López").first().click();
  await page.locator(".note").waitFor();
}

const PICTURES: Picture[] = [
  { name: "desk", play: open },
  {
    name: "desk-dark",
    options: { isDark: true },
    play: async (desk) => {
      await open(desk);
      await desk.reply.pressSequentially("/re");
      await desk.page.locator(".canned-popup").waitFor();
    },
  },
  {
    name: "desk-overview",
    play: async ({ page }) => {
      await page.locator(".row-button").first().waitFor();
      await page.keyboard.press("Alt+o");
      await page.locator(".outcomes").waitFor();
    },
  },
  {
    name: "desk-phone",
    options: { isPhone: true },
    play: async ({ page }) => {
      await page.locator(".row-button").first().waitFor();
    },
  },
  { name: "desk-phone-talk", options: { isPhone: true, isDark: true }, play: open },
];

const browser = await launchBrowser();
try {
  await using server = await startServer();
  for (const { name, options, play } of PICTURES) {
    const { prepare } = new DeskWorld();
    await using desk = await DeskTab.open(browser, server.url, { ...options, prepare });
    await play(desk);
    const path = `${IMAGES}${name}.png`;
    await desk.page.screenshot({ path });
    console.log(path);
  }
} finally {
  await browser.close();
}
