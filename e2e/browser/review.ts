import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What docs/review.md tells a reviewer to look at once a scenario was played. */
export interface Look {
  readonly step: number;
  readonly scenario: string;
  readonly node: string;
  readonly view: string;
  /** A word of the journal's line to go to; undefined for now. */
  readonly moment: string | undefined;
  readonly see: readonly string[];
}

const LOOK =
  /Play `([^`]+)`\. Choose node `([^`]+)`, view `([^`]+)`(?:, moment `([^`]+)`)?\. You see (.+)\.$/;

/** Every look of every step, in their order. */
export async function readReview(): Promise<readonly Look[]> {
  const text = await readFile(join(import.meta.dirname, "../../docs/review.md"), "utf8");
  return text
    .split(/^### (?=\d+\.)/m)
    .slice(1)
    .flatMap((section) =>
      section.split("\n\n").flatMap((paragraph) => {
        const found = LOOK.exec(paragraph.replaceAll("\n", " "));
        if (found === null) return [];
        const [, scenario = "", node = "", view = "", moment, see = ""] = found;
        const texts = [...see.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => one);
        return [{ step: Number.parseInt(section, 10), scenario, node, view, moment, see: texts }];
      }),
    );
}
