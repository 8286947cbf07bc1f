import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import type { PlannedChain } from "../chains/halting-chain.ts";
import type { Chain } from "../chains/programs.ts";
import type { Validator } from "../chains/validator.ts";
import { containerOf, describe, haltOf, haltsIn, imageInPod } from "../harness/observe.ts";
import { bringUp, deploy, takeDown } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass, untilEnded, untilFailed, untilImages } from "./chain-observed.ts";
import type { RealNode } from "./node.ts";

/** Pods of a chain's validators, of which one announces its halts and the other does not. */
interface Pair {
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
    ({ spec }) => spec.reason === "binary_too_new" || spec.reason === "downgrade_detected",
  );
  if (reason === undefined) expect(told).toEqual([]);
}

/** Waits until a person was asked about a node's halts, of which there were so many for this reason. */
async function untilPaged(testbed: Testbed, node: string, reason: string, halts = 1): Promise<void> {
  const arePaged = () => {
    const pages = testbed.pager
      .pages()
      .filter(({ body }) => body.pod === `${node}-0` && body.haltReason === reason);
    return new Set(pages.map(({ body }) => body.nodeHalt)).size >= halts;
  };
  await until(`${node} to be paged for ${reason}`, arePaged, {
    within: 150_000,
    explain: () => describe(testbed),
  });
}

/** Of four that halt, two are swapped, and two wait for a person, who is late: then all pass. */
export async function playLate(
  testbed: Testbed,
  program: Chain,
  { network: { validators }, plan: { height } }: PlannedChain,
  late: Pair,
): Promise<void> {
  const releases = releasesOf(program);
  const pair = [late.announced, late.inferred];
  const early = validators.filter((validator) => !pair.includes(validator));
  const of = { reason: "upgrade_required", within: 150_000 };
  await untilImages(testbed, early, releases.new);
  for (const { name } of pair) await untilPaged(testbed, name, of.reason);
  await untilEnded(testbed, late.announced, 70, 1);
  // Two of four are no majority: the chain waits for the others.
  for (const validator of early) expect((await validator.height()) ?? 0).toBeLessThanOrEqual(height);
  for (const { name } of pair) expect(await imageInPod(testbed, name)).toBe(releases.old);

  for (const { name } of pair) await deploy(testbed, name, releases.new);
  await allPass(testbed, validators, height + 2);
  for (const { name } of early) {
    const { spec } = await haltOf(testbed, name, "Recovered", of);
    expect(spec.height).toBe(height);
  }
  for (const { name } of pair)
    await until(
      `the page of ${name} to be over`,
      async () => {
        const { spec, status } = await haltOf(testbed, name, "Paged", of);
        const resolved = status?.conditions?.find(({ type }) => type === "Resolved");
        return spec.height === height && resolved?.status === "True";
      },
      { within: 90_000, explain: () => describe(testbed) },
    );
}

/** One gets its data of before the height back, but for what it signed, with the old release; and then the new one. */
export async function playEarlierData(
  testbed: Testbed,
  program: Chain,
  { plan: { height } }: PlannedChain,
  validator: Validator,
  earlier: Validator,
): Promise<void> {
  const releases = releasesOf(program);
  await takeDown(testbed, validator.name);
  validator.restoreFrom(earlier);
  await bringUp(testbed, validator.name, releases.old);
  await untilImages(testbed, [validator], releases.old);
  await untilEnded(testbed, validator, 70);
  await untilPaged(testbed, validator.name, "upgrade_required", 2);
  await deploy(testbed, validator.name, releases.new);
  await allPass(testbed, [validator], height + 2);
}

/** Ends a validator's node by SIGSEGV, as the first process of its container; resolves once that is started again. */
export async function crash(node: RealNode, testbed: Testbed, { name }: Validator): Promise<void> {
  const { containerID = "", restartCount } = await containerOf(testbed, name);
  await node.sh(`ctr -n k8s.io tasks kill -s SIGSEGV ${containerID.replace("containerd://", "")}`);
  await until(
    `${name} to be started again`,
    async () => {
      const now = await containerOf(testbed, name);
      return now.restartCount === restartCount + 1 && now.state?.running !== undefined;
    },
    { within: 90_000, explain: () => describe(testbed) },
  );
}
