import axe from "axe-core";
import type { Page } from "playwright-core";
import type { Visit } from "./host-page.ts";

type Results = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] };

/** Everything of WCAG 2.2 up to AA that can be told by looking, and what is good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What is wrong for people who use the widget otherwise than by sight and mouse. A line for each; none where all is well.
 * @param where what of it: what stands on the page, or the panel in its frame
 */
export async function barriers({ page }: Visit, where: "page" | "panel"): Promise<string[]> {
  const isPage = where === "page";
  const frame = page
    .frames()
    .find((one) => (one === page.mainFrame()) === isPage && one.url() !== "about:blank");
  if (frame === undefined) throw new Error("the panel is not loaded");
  if (!(await frame.evaluate("'axe' in globalThis"))) await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(
    ([root, tags]) =>
      (globalThis as unknown as { axe: { run(root: string, options: object): Promise<Results> } }).axe.run(
        root,
        {
          runOnly: { type: "tag", values: tags },
          resultTypes: ["violations"],
          iframes: false,
        },
      ),
    [isPage ? "#parley-widget" : "html", TAGS] as const,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
  );
}

/** Every rule of axe that a page of Parley's own breaks, with where; what stands in frames is another page. */
export async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations } = await run({ exclude: "iframe" }, { iframes: false });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`);
  });
}
