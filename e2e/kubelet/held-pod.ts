import type { V1Lease } from "@kubernetes/client-node";
import { classify, evidenceFromPod } from "@upgrade-halt/consumer";
import { expect } from "vitest";
import type { PlannedChain } from "../chains/halting-chain.ts";
import type { Chain } from "../chains/programs.ts";
import type { Validator } from "../chains/validator.ts";
import { CONTAINER } from "../harness/fixtures/mock-nodes.ts";
import { containerOf, podOf } from "../harness/observe.ts";
import { deploy } from "../harness/operator.ts";
import { rawRequest } from "../harness/raw-request.ts";
import type { Testbed } from "../harness/testbed.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass, untilEnded, untilFailed, untilImages } from "./chain-observed.ts";
import { createPod, createPolicies, STANDSTILL_MS } from "./chain-pods.ts";
import { crash, kill } from "./killed-node.ts";
import type { RealNode } from "./node.ts";
import { untilSeen } from "./until-seen.ts";

/**
 * Takes a validator in the pod that the guides describe for clusters without the controller to its plan's height, past it with the
 * new image, through a crash, and back to the old image.
 */
export async function playHeld(
  node: RealNode,
  testbed: Testbed,
  program: Chain,
  { network, plan }: PlannedChain,
): Promise<void> {
  const { first } = network;
  const releases = releasesOf(program);
  await createPolicies(testbed, plan, releases.new, {});
  const pod = { policy: "none", way: "announced", standstillMs: STANDSTILL_MS, isHeld: true } as const;
  await createPod(testbed, first, { ...pod, image: releases.old });
  await untilHeld(node, testbed, first, { code: 70, restarts: 0 });

  await deploy(testbed, first.name, releases.new);
  await allPass(testbed, [first], plan.height + 1);
  await crash(node, testbed, first);
  await allPass(testbed, [first], plan.height + 2);

  await deploy(testbed, first.name, releases.old);
  await untilImages(testbed, [first], releases.old);
  await untilFailed(testbed, first);
  // It lives on after its first failure. Killed, it is started again.
  const { restartCount } = await kill(node, testbed, first, "SIGKILL");
  // The older one says no halt line: that is a crash, which is started again and again.
  if (program === "simd") await untilEnded(testbed, first, 2, 2);
  else await untilHeld(node, testbed, first, { code: 72, restarts: restartCount + 1 });
}

/** How long a kubelet waits at most before it starts a container again that ended for the second time, in ms. */
const BACK_OFF_MS = 10_000;

/**
 * Waits until a validator's container is down with a code, after so many restarts, and a kubelet that goes on working has not started
 * it again for so long that it would have.
 */
async function untilHeld(
  node: RealNode,
  testbed: Testbed,
  { name }: Validator,
  { code, restarts }: { readonly code: number; readonly restarts: number },
): Promise<void> {
  const isDown = async () => {
    const { restartCount, state } = await containerOf(testbed, name);
    const end = state?.terminated;
    if (restartCount !== restarts || end?.exitCode !== code || end.finishedAt === undefined) return false;
    return (await renewedAt(testbed, node)).getTime() > end.finishedAt.getTime() + BACK_OFF_MS;
  };
  await untilSeen(testbed, `${name} to stay down with ${code}`, isDown);
  const verdict = classify(evidenceFromPod(await podOf(testbed, name), CONTAINER));
  expect(verdict).toMatchObject({ kind: "halted", reason: code, corroborated: true });
}

/** When the node's kubelet told last that it is at work, which it does every ten seconds. */
async function renewedAt({ api }: Testbed, { name }: RealNode): Promise<Date> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
  const { text } = await rawRequest(api.config, { method: "GET", path });
  return new Date((JSON.parse(text) as V1Lease).spec?.renewTime ?? 0);
}
