import { expect } from "vitest";
import type { Chain } from "../chains/programs.ts";
import type { Validator } from "../chains/validator.ts";
import { haltsIn, imageInPod } from "../harness/observe.ts";
import { deploy } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { untilEnded, untilFailed, untilImages } from "./chain-observed.ts";
import { untilSeen } from "./until-seen.ts";

/** Pods of a chain's validators, of which one announces its halts and the other does not. */
export interface Pair {
  readonly announced: Validator;
  readonly inferred: Validator;
}

/** How the containers of a pair end, each time anew, and what that is told as where the node says a halt line. */
interface Ends {
  readonly announced: number;
  readonly inferred: number;
  readonly reason?: "binary_too_new" | "downgrade_detected";
}

/** What a node ends with that starts with a release that has the handler of a plan that is ahead. */
export const TOO_NEW: Readonly<Record<Chain, Ends>> = {
  simd: { announced: 71, inferred: 2, reason: "binary_too_new" },
  sdk: { announced: 71, inferred: 1, reason: "binary_too_new" },
};
/** The same of one that lacks the handler of the last applied plan. The older one says no halt line, and so is a crash to everybody. */
export const DOWNGRADED: Readonly<Record<Chain, Ends>> = {
  simd: { announced: 2, inferred: 2 },
  sdk: { announced: 72, inferred: 1, reason: "downgrade_detected" },
};

/**
 * Waits until a pair whose release is wrong has failed, which it lives on after, or ended; made anew, its pods end.
 * A person is asked where the node says why, else the kubelet starts them again. Nothing is changed.
 */
export async function expectLeftAlone(
  testbed: Testbed,
  image: string,
  { announced, inferred }: Pair,
  ends: Ends,
): Promise<void> {
  const pair = [announced, inferred];
  await Promise.all(pair.map((validator) => untilFailed(testbed, validator)));
  for (const { name } of pair) await deploy(testbed, name, image);
  await untilImages(testbed, pair, image);
  const { reason } = ends;
  const restarts = reason === undefined ? 1 : 0;
  await untilEnded(testbed, announced, ends.announced, restarts);
  await untilEnded(testbed, inferred, ends.inferred, restarts);
  for (const { name } of pair) {
    expect(await imageInPod(testbed, name)).toBe(image);
    if (reason !== undefined) await untilPaged(testbed, name, reason);
  }
  const told = (await haltsIn(testbed)).filter(
    ({ spec }) => spec.image === image && spec.reason !== "upgrade_required",
  );
  if (reason === undefined) expect(told).toEqual([]);
}

/** Waits until a person was asked about a node's halts, of which there were so many for this reason. */
export async function untilPaged(testbed: Testbed, node: string, reason: string, halts = 1): Promise<void> {
  const arePaged = () => {
    const pages = testbed.pager
      .pages()
      .filter(({ body }) => body.pod === `${node}-0` && body.haltReason === reason);
    return new Set(pages.map(({ body }) => body.nodeHalt)).size >= halts;
  };
  await untilSeen(testbed, `${node} to be paged for ${reason}`, arePaged);
}
