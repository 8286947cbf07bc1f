import { expect } from "vitest";
import type { PlannedChain } from "../chains/halting-chain.ts";
import type { Chain } from "../chains/programs.ts";
import { expectProven } from "../chains/proven.ts";
import { faultsAt, signedBy } from "../chains/signatures.ts";
import type { Validator } from "../chains/validator.ts";
import { haltOf, haltsIn, imageInPod } from "../harness/observe.ts";
import { bringUp, deploy, takeDown } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass, untilEnded, untilImages } from "./chain-observed.ts";
import { createPod, createPolicies, STANDSTILL_MS } from "./chain-pods.ts";
import { crash } from "./killed-node.ts";
import { DOWNGRADED, expectLeftAlone, type Pair, TOO_NEW, untilPaged } from "./left-alone.ts";
import type { RealNode } from "./node.ts";
import { EVERY_MS, untilSeen } from "./until-seen.ts";

const ACTIONS = {
  upgradeRequired: "Page",
  binaryTooNew: "RollBack",
  downgradeDetected: "Page",
  unrecognised: "Hold",
} as const;
const DOWNGRADED_CELL: Readonly<Record<Chain, string>> = { simd: "started again", sdk: "72, paged" };

/**
 * Of four validators two have the new release too early. They get the old one, are upgraded late after the other two, of which one
 * crashes then; one gets its data of `earlier` back, and both get the old release once more.
 */
export async function playLate(
  node: RealNode,
  testbed: Testbed,
  program: Chain,
  chain: PlannedChain,
  earlier: readonly Validator[],
): Promise<void> {
  const { network, plan } = chain;
  const releases = releasesOf(program);
  const before = signedBy(network);
  const patient = { recoveryTimeoutSeconds: 600 } as const;
  await createPolicies(testbed, plan, releases.new, {
    act: { ...patient, inferredHalts: "Act" },
    page: { ...patient, inferredHalts: "Page", actions: ACTIONS },
  });
  const [a, b, announced, inferred] = network.validators as [Validator, Validator, Validator, Validator];
  const pod = { standstillMs: STANDSTILL_MS };
  await createPod(testbed, a, { ...pod, policy: "act", way: "announced", image: releases.old });
  await createPod(testbed, b, { ...pod, policy: "act", way: "inferred", image: releases.old });
  await createPod(testbed, announced, { ...pod, policy: "page", way: "announced", image: releases.new });
  await createPod(testbed, inferred, { ...pod, policy: "page", way: "inferred", image: releases.new });

  const late = { announced, inferred };
  await expectLeftAlone(testbed, releases.new, late, TOO_NEW[program]);
  expectProven("too new, pod", program, "71, paged, or rolled back");
  for (const { name } of [announced, inferred]) await deploy(testbed, name, releases.old);
  await upgradeLate(testbed, program, chain, late);
  expect(await faultsAt(network, plan.height + 1, before)).toEqual([]);
  expectProven("at the height, pod", program, "swapped");
  expectProven("started again at it, pod", program, "70, paged");
  expectProven("two late, pod", program, "all pass");

  const halts = await haltsIn(testbed);
  await crash(node, testbed, b);
  await allPass(testbed, network.validators, plan.height + 4);
  expect(await haltsIn(testbed)).toHaveLength(halts.length);
  expectProven("SIGSEGV, pod", program, "started again");

  await restoreEarlier(testbed, program, chain, announced, earlier[2] ?? announced);
  expectProven("earlier data, pod", program, "70, paged");
  for (const { name } of [announced, inferred]) await deploy(testbed, name, releases.old);
  await expectLeftAlone(testbed, releases.old, late, DOWNGRADED[program]);
  expectProven("downgrade, pod", program, DOWNGRADED_CELL[program]);
}

/** Of four that halt, two are swapped, and two wait for a person, who is late: then all pass. */
async function upgradeLate(
  testbed: Testbed,
  program: Chain,
  { network: { validators }, plan: { height } }: PlannedChain,
  late: Pair,
): Promise<void> {
  const releases = releasesOf(program);
  const pair = [late.announced, late.inferred];
  const early = validators.filter((validator) => !pair.includes(validator));
  const of = { reason: "upgrade_required", within: 240_000, every: EVERY_MS };
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
    await untilSeen(testbed, `the page of ${name} to be over`, async () => {
      const { spec, status } = await haltOf(testbed, name, "Paged", of);
      const resolved = status?.conditions?.find(({ type }) => type === "Resolved");
      return spec.height === height && resolved?.status === "True";
    });
}

/** One gets its data of before the height back, but for what it signed, with the old release; and then the new one. */
async function restoreEarlier(
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
