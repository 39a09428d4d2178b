import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package puts it; `CHROMIUM` names another one. */
const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

/**
 * Why no browser test can run here, or null. Where `CI=true` a missing browser is no reason: the tests then run, and
 * fail.
 */
export const missingBrowser: string | null =
  existsSync(EXECUTABLE) || process.env.CI === "true"
    ? null
    : `no Chromium at ${EXECUTABLE}: install Debian's package chromium, or set CHROMIUM`;

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
