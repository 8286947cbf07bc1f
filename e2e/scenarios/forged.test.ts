import type { NodeHaltSpec, NodeHaltStatus } from "@upgrade-halt/mini-controller/api";
import { API_VERSION } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { expect, inject } from "vitest";
import { startController } from "../harness/controller.ts";
import { CONTAINER, imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { letHalt, untilSeenNear } from "../harness/halting-node.ts";
import { describe, haltOf, haltsIn, imageInSet, podOf, setOf, untilPolicySeen } from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { rawRequest } from "../harness/raw-request.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const upgrades = [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }];

/** What the controller would write of sei-0, did it halt. */
async function specOf(testbed: Testbed): Promise<NodeHaltSpec> {
  const [pod, set] = await Promise.all([podOf(testbed, "sei-0"), setOf(testbed, "sei-0")]);
  const workload = { apiVersion: "apps/v1", kind: "StatefulSet", resource: "statefulsets", name: "sei-0" };
  return {
    ...{ podName: "sei-0-0", podUID: pod.metadata?.uid ?? "", container: CONTAINER, policyName: "policy" },
    ...{ reason: "upgrade_required", exitCode: 70, planName: "v6.7", height: 10, image: imageOf("v6.6") },
    workload: { ...workload, uid: set.metadata?.uid ?? "" },
    sources: ["exit-code", "plan-line"],
    verdict: "halted for v6.7",
    detectedAt: new Date().toISOString(),
  } as NodeHaltSpec;
}

/** Runs a controller and sei-0, which waits near its plan until it is let go on; what a NodeHalt of it would record. */
async function startWatchedNode(testbed: Testbed): Promise<NodeHaltSpec> {
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { upgrades });
  await startController(testbed);
  await createNode(testbed, "sei-0", { version: "v6.6", holdAt: [10] });
  await untilSeenNear(testbed, "sei-0", 10);
  return specOf(testbed);
}

/** Writes a NodeHalt as an administrator may where no admission policy keeps them for the controller; the answers. */
async function forge(
  { api, namespace }: Testbed,
  name: string,
  spec: NodeHaltSpec,
  status?: Partial<NodeHaltStatus>,
): Promise<readonly number[]> {
  const path = `/apis/${API_VERSION}/namespaces/${namespace}/nodehalts`;
  const halt = { apiVersion: API_VERSION, kind: "NodeHalt", metadata: { name, namespace }, spec };
  const made = await rawRequest(api.config, { method: "POST", path, body: halt });
  if (status === undefined || made.status !== 201) return [made.status];
  const told = await rawRequest(api.config, {
    method: "PATCH",
    path: `${path}/${name}/status`,
    headers: { "content-type": "application/merge-patch+json" },
    body: { status },
  });
  return [made.status, told.status];
}

/** The embedded API server asks no admission policy; a real one lets nobody but the controller write these. */
const taken = (answers: readonly number[]) => (inject("target") === "embedded" ? answers : [403]);

scenario(
  "journals that somebody wrote about a healthy node, in the middle of a swap by their words, touch nothing",
  ["FORGED"],
  async (testbed) => {
    const spec = await startWatchedNode(testbed);
    const swap = {
      action: "SwapImage",
      reason: "ImageListed",
      message: "x",
      fromImage: imageOf("v6.6"),
    } as const;
    const recoverBy = new Date(Date.now() + 600_000).toISOString();
    for (const phase of ["Swapping", "Recreating"] as const) {
      const status = { ...swap, phase, toImage: imageOf("v6.7"), recoverBy };
      expect(await forge(testbed, `forged-${phase.toLowerCase()}`, spec, status)).toEqual(taken([201, 200]));
    }

    await changePolicy(testbed, { maxConcurrent: 5 });
    await untilPolicySeen(testbed);
    await until(
      "none of them to be at work",
      async () =>
        (await haltsIn(testbed)).every(({ status }) =>
          ["Failed", "Withdrawn", "Recovered", "Paged", "Held"].includes(status?.phase ?? ""),
        ),
      { explain: () => describe(testbed) },
    );
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(spec.podUID);
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
  },
);

scenario(
  "copies of a halt that somebody wrote before it came neither hide nor double it",
  ["FORGED", "EXACTLY-ONCE"],
  async (testbed) => {
    const spec = await startWatchedNode(testbed);
    expect(await forge(testbed, "copy-1", spec)).toEqual(taken([201]));
    expect(await forge(testbed, "copy-2", spec, { phase: "Recovered", reason: "Recovered" })).toEqual(
      taken([201, 200]),
    );

    await letHalt(testbed, "sei-0", 10);

    await haltOf(testbed, "sei-0", "Recovered");
    await until("the swap", async () => (await imageInSet(testbed, "sei-0")) === imageOf("v6.7"), {});
    await until("the halt to be recovered by its own journal", async () =>
      (await haltsIn(testbed)).find(
        ({ metadata, status }) => !metadata.name.startsWith("copy-") && status?.phase === "Recovered",
      ),
    );
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(2);
  },
);
