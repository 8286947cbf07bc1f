import { seededRandom } from "@upgrade-halt/testing";
import { classify } from "../classify.ts";
import { unhaltedNode } from "./unhalted-node.ts";

/** Judges `runs` nodes that did not halt. Throws at the first for which a halt is inferred, with its log. */
export function fuzzInferred(seed: number, runs: number): void {
  const random = seededRandom(seed);
  for (let run = 0; run < runs; run += 1) {
    const { log, evidence } = unhaltedNode(random);
    const verdict = classify(evidence);
    if (verdict.kind === "halted")
      throw new Error(`run ${run}: ${verdict.why}\n${JSON.stringify(evidence)}\n${log}`);
  }
}
