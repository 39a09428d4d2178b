import axe from "axe-core";
import type { Frame } from "playwright-core";
import type { Visit } from "./host-page.ts";

type Results = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] };

/** Everything of WCAG 2.2 up to AA that can be told by looking, and what is good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What is wrong for people who use the widget otherwise than by sight and mouse: on the page, and in the panel where it is
 * loaded. A line for each; none where all is well.
 */
export async function barriers({ page }: Visit): Promise<string[]> {
  const panel = page.frames().find((frame) => frame !== page.mainFrame() && frame.url().includes("/widget/"));
  const found = await inFrame(page.mainFrame(), "#parley-widget");
  if (panel !== undefined) found.push(...(await inFrame(panel, "html")));
  return found;
}

async function inFrame(frame: Frame, selector: string): Promise<string[]> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(
    ([root, tags]) =>
      (globalThis as unknown as { axe: { run(root: string, options: object): Promise<Results> } }).axe.run(
        root,
        {
          runOnly: { type: "tag", values: tags },
          iframes: false,
        },
      ),
    [selector, TAGS] as const,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
  );
}
