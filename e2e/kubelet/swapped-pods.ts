import { expect } from "vitest";
import type { PlannedChain } from "../chains/halting-chain.ts";
import type { Chain } from "../chains/programs.ts";
import { faultsAt, signedBy } from "../chains/signatures.ts";
import { haltOf, imageInPod } from "../harness/observe.ts";
import type { Testbed } from "../harness/testbed.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass } from "./chain-observed.ts";
import { createPod, createPolicies, STANDSTILL_MS, WAYS } from "./chain-pods.ts";
import { EVERY_MS } from "./until-seen.ts";

/** Four validators, two as they are and two under `exec --announce`, halt, are swapped and pass the height. */
export async function playSwapped(
  testbed: Testbed,
  program: Chain,
  { network, plan }: PlannedChain,
): Promise<void> {
  const releases = releasesOf(program);
  const before = signedBy(network);
  await createPolicies(testbed, plan, releases.new, {
    announced: { inferredHalts: "Page" },
    inferred: { inferredHalts: "Act" },
  });
  const pods = network.validators.map((validator, i) => ({ validator, way: WAYS[i] ?? "inferred" }));
  const pod = { image: releases.old, standstillMs: STANDSTILL_MS };
  for (const { validator, way } of pods) await createPod(testbed, validator, { ...pod, way, policy: way });

  for (const { validator, way } of pods) {
    const { spec } = await haltOf(testbed, validator.name, "Recovered", { within: 240_000, every: EVERY_MS });
    expect(spec).toMatchObject({
      reason: "upgrade_required",
      planName: plan.name,
      height: plan.height,
    });
    if (way === "announced") {
      expect(spec.exitCode).toBe(70);
      expect(spec.inferredFrom).toBeUndefined();
    } else {
      expect(spec.inferredFrom).toContain("its height stands still");
    }
    expect(await imageInPod(testbed, validator.name)).toBe(releases.new);
  }
  await allPass(testbed, network.validators, plan.height + 2);
  expect(await faultsAt(network, plan.height + 1, before)).toEqual([]);
}
