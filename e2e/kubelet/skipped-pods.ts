import { expect } from "vitest";
import type { PlannedChain } from "../chains/halting-chain.ts";
import type { Chain } from "../chains/programs.ts";
import { expectProven } from "../chains/proven.ts";
import { faultsAt, signedBy } from "../chains/signatures.ts";
import { containerOf, haltsIn, imageInPod } from "../harness/observe.ts";
import { deploy } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass, untilImages } from "./chain-observed.ts";
import { createPod, createPolicies, STANDSTILL_MS, WAYS } from "./chain-pods.ts";

/** Four validators that are told to skip the height pass it untouched, and go on with the new release. */
export async function playSkipped(
  testbed: Testbed,
  program: Chain,
  { network, plan }: PlannedChain,
): Promise<void> {
  const { validators } = network;
  const releases = releasesOf(program);
  const before = signedBy(network);
  await createPolicies(testbed, plan, releases.new, { all: { inferredHalts: "Act" } });
  const flags = ["--unsafe-skip-upgrades", `${plan.height}`];
  const pod = { image: releases.old, standstillMs: STANDSTILL_MS, policy: "all", flags };
  for (const [i, validator] of validators.entries())
    await createPod(testbed, validator, { ...pod, way: WAYS[i] ?? "inferred" });

  await allPass(testbed, validators, plan.height + 2);
  for (const { name } of validators) {
    expect(await imageInPod(testbed, name)).toBe(releases.old);
    expect((await containerOf(testbed, name)).restartCount).toBe(0);
  }
  expectProven("skipped height, pod", program, "passes");
  await Promise.all(validators.map(({ name }) => deploy(testbed, name, releases.new)));
  await untilImages(testbed, validators, releases.new);
  await allPass(testbed, validators, plan.height + 6);
  expect(await haltsIn(testbed)).toEqual([]);
  expect(await faultsAt(network, plan.height + 5, before)).toEqual([]);
}
