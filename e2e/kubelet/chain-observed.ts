import type { Validator } from "../chains/validator.ts";
import { CONTAINER } from "../harness/fixtures/mock-nodes.ts";
import { containerOf, imageInPod } from "../harness/observe.ts";
import type { Testbed } from "../harness/testbed.ts";
import { untilSeen } from "./until-seen.ts";

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
  await untilSeen(testbed, `every node to pass ${height}`, pass);
}

/** Waits until each validator's pod runs an image. */
export async function untilImages(
  testbed: Testbed,
  validators: readonly Validator[],
  image: string,
): Promise<void> {
  for (const { name } of validators)
    await untilSeen(testbed, `${name} to run ${image}`, async () => {
      const { state, lastState } = await containerOf(testbed, name);
      const started = state?.running ?? state?.terminated ?? lastState?.terminated;
      return started !== undefined && (await imageInPod(testbed, name)) === image;
    });
}

/** Waits until the consensus of a validator's node has failed, after which it lives on, or its container has ended. */
export async function untilFailed(testbed: Testbed, { name }: Validator): Promise<void> {
  const { api, namespace } = testbed;
  const hasFailed = async () => {
    if ((await containerOf(testbed, name)).restartCount > 0) return true;
    const log = await api.core.readNamespacedPodLog({ name: `${name}-0`, namespace, container: CONTAINER });
    return log.includes("CONSENSUS FAILURE");
  };
  await untilSeen(testbed, `${name} to fail`, hasFailed);
}

/** Waits until the container of a validator has ended with a code, after so many restarts. */
export async function untilEnded(
  testbed: Testbed,
  { name }: Validator,
  code: number,
  restarts = 0,
): Promise<void> {
  const hasEnded = async () => {
    const { restartCount, state, lastState } = await containerOf(testbed, name);
    const end = state?.terminated ?? lastState?.terminated;
    return restartCount >= restarts && end?.exitCode === code;
  };
  await untilSeen(testbed, `${name} to end with ${code}`, hasEnded);
}
