import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { expect } from "vitest";
import { OLD, type PlannedChain } from "../chains/halting-chain.ts";
import type { Chain } from "../chains/programs.ts";
import { expectProven } from "../chains/proven.ts";
import { faultsAt, signedBy } from "../chains/signatures.ts";
import type { Validator } from "../chains/validator.ts";
import { containerOf, haltOf, imageInPod, imageInSet, untilRecorded } from "../harness/observe.ts";
import { bringUp, deploy, takeDown } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass } from "./chain-observed.ts";
import { createPod, createPolicies, STANDSTILL_MS } from "./chain-pods.ts";
import { EVERY_MS } from "./until-seen.ts";

/** As many blocks behind, it takes them from others instead of voting on them: it panics while it starts, and ends. */
const BLOCKS_BEHIND = 5;

/**
 * A node stores a block before its application refuses it, and tells its height for a moment. Told of it, the controller can't know that
 * the new release made no block: it has seen it running. Nor does it know what ran before where the machine was slow to make the pod. It
 * leaves both to a person, who sets the release back.
 */
async function setBack(
  testbed: Testbed,
  { name }: Validator,
  releases: { readonly old: string; readonly new: string },
  status: NodeHalt["status"],
): Promise<void> {
  expect(status).toMatchObject({ action: "Page", reason: "PreviousImageUnknown" });
  expect(await imageInSet(testbed, name)).toBe(releases.new);
  await deploy(testbed, name, releases.old);
}

/**
 * A validator in a pod makes blocks on the old release, and is given the new one long before the height, while the other three go
 * on without pods: it halts with 71, and the controller brings back the image that was seen running, by its digest.
 */
export async function playRolledBack(
  testbed: Testbed,
  program: Chain,
  { network, plan }: PlannedChain,
): Promise<void> {
  const releases = releasesOf(program);
  const [node, ...others] = network.validators as [Validator, Validator, ...Validator[]];
  const before = signedBy(network);
  await createPolicies(testbed, plan, releases.new, { sole: {} });
  await Promise.all(others.map((validator) => validator.start(OLD)));
  await createPod(testbed, node, {
    policy: "sole",
    way: "announced",
    image: releases.old,
    standstillMs: STANDSTILL_MS,
  });
  await untilRecorded(testbed, `${node.name}-0`, releases.old);
  const { imageID } = await containerOf(testbed, node.name);

  await takeDown(testbed, node.name);
  const left = (await others[0].height()) ?? 0;
  await allPass(testbed, others, left + BLOCKS_BEHIND);
  await bringUp(testbed, node.name, releases.new);
  const { spec, status } = await haltOf(testbed, node.name, ["Recovered", "Paged"], {
    within: 240_000,
    every: EVERY_MS,
  });
  expect(spec).toMatchObject({ reason: "binary_too_new", exitCode: 71, image: releases.new });
  if (status?.phase === "Paged") await setBack(testbed, node, releases, status);
  else {
    const ran = `${releases.old}@${imageID.split("@")[1]}`;
    expect(status).toMatchObject({ action: "RollBack", toImage: ran });
    expect([await imageInSet(testbed, node.name), await imageInPod(testbed, node.name)]).toEqual([ran, ran]);
  }
  expect([...testbed.pager.countByKey().values()]).toEqual([1]);
  const height = (await node.height()) ?? 0;
  expect(height).toBeLessThan(plan.height);
  await allPass(testbed, network.validators, height + 2);
  expect(await faultsAt(network, height + 1, before)).toEqual([]);
  expectProven("too new, pod", program, "71, paged, or rolled back");
}
