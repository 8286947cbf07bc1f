import { until } from "@upgrade-halt/testing";
import type { Network } from "../chains/network.ts";
import { blockAt, evidenceUpTo, signedBackwards } from "../chains/signatures.ts";
import type { SignedLast, Validator } from "../chains/validator.ts";
import { describe as describeTestbed } from "../harness/observe.ts";
import type { Testbed } from "../harness/testbed.ts";

/** Waits until every one of the validators is past a height. */
export async function allPass(
  testbed: Testbed,
  validators: readonly Validator[],
  height: number,
): Promise<void> {
  const pass = async () => {
    const heights = await Promise.all(validators.map((validator) => validator.height()));
    return heights.every((at) => (at ?? 0) > height);
  };
  await until(`every node to pass ${height}`, pass, {
    within: 90_000,
    explain: () => describeTestbed(testbed),
  });
}

/** What speaks against a chain that all validators took past `height`: of nothing, there is none. */
export async function faultsAt(
  network: Network,
  height: number,
  before: readonly SignedLast[],
): Promise<readonly unknown[]> {
  const { validators, first } = network;
  const blocks = await Promise.all(validators.map((validator) => blockAt(validator, height)));
  const states = new Set(blocks.map(({ block }) => block.header.app_hash));
  return [
    ...(states.size === 1 ? [] : [`${states.size} states at ${height}`]),
    ...(await evidenceUpTo(first, height)),
    ...signedBackwards(before, network),
  ];
}
