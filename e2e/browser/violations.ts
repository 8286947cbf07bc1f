import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

/** The tags of axe's rules for WCAG 2.2 AA, and for good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on the page, by its rules for WCAG 2.2 AA and good practice. @throws Error when a tag chose no rule. */
export async function violations(page: Page): Promise<readonly string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // The page's policy lets no script in but its own; the inspector's way in is not the page's.
  await page.evaluate(source);
  return page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as {
      axe: {
        getRules(tags: readonly string[]): readonly unknown[];
        run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    for (const tag of tags)
      if (axe.getRules([tag]).length === 0) throw new Error(`axe has no rules for ${tag}`);
    // Axe leaves out the size of targets, which WCAG 2.2 added, unless it is asked.
    const rules = { "target-size": { enabled: true } };
    const found = await axe.run({ runOnly: { type: "tag", values: tags }, rules });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, TAGS);
}
