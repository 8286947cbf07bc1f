import type { V1OwnerReference } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, mockNode, NODE_LABELS, planAt, plansConfigMap } from "../harness/fixtures/mock-nodes.ts";
import { describe, haltsIn, imageInSet, podOf, setOf, untilPast } from "../harness/observe.ts";
import { createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

/** Runs a bare pod that halts for `plan` at height 5, or for being too new for it, and names an owner. */
async function createStray(testbed: Testbed, plan: string, owner: V1OwnerReference): Promise<void> {
  const { api, namespace } = testbed;
  const isTooNew = plan === "v6.6";
  const height = isTooNew ? 1_000_000 : 5;
  const body = { ...plansConfigMap([planAt(plan, height)]), metadata: { name: "stray" } };
  await api.core.createNamespacedConfigMap({ namespace, body });
  // A height near its plan must be seen of the one; the other's ends are told by its exit code and its log together.
  const args = isTooNew ? [] : ["--halt-stay-alive"];
  const spec = mockNode("stray", { version: "v6.6", args }).spec?.template.spec;
  if (!spec) throw new Error("a mock node has a pod template");
  spec.volumes = [
    { name: "plans", configMap: { name: "stray" } },
    { name: "data", emptyDir: {} },
  ];
  const metadata = {
    name: "stray",
    labels: { ...NODE_LABELS, "sei.io/node": "sei-0" },
    ownerReferences: [owner],
  };
  await api.core.createNamespacedPod({ namespace, body: { metadata, spec } });
}

const CASES = [
  ["that a StatefulSet does not control halts for a listed plan", "v6.7", false, "NotTheOwner"],
  ["that claims to be controlled by a StatefulSet halts for a listed plan", "v6.7", true, "NotTheOwner"],
  ["that a StatefulSet does not control is too new", "v6.6", false, "PreviousImageUnknown"],
  ["that claims to be controlled by a StatefulSet is too new", "v6.6", true, "PreviousImageUnknown"],
] as const;

for (const [what, plan, controller, reason] of CASES)
  scenario(`a pod ${what}, and the StatefulSet stays as it is`, ["OWN-WORKLOAD"], async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 1_000_000));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 5, image: imageOf("v6.7") }] });
    await startController(testbed);
    await createNode(testbed, "sei-0", { version: "v6.6", updateStrategy: "OnDelete" });
    await untilPast(testbed, "sei-0", 3);
    const { metadata } = await podOf(testbed, "sei-0");
    const { uid = "" } = (await setOf(testbed, "sei-0")).metadata ?? {};
    const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name: "sei-0", uid };
    await createStray(testbed, plan, controller ? { ...owner, controller } : owner);

    const halt = await until(
      `the halt to be ${reason}`,
      async () =>
        (await haltsIn(testbed)).find(
          ({ spec, status }) => spec.podName === "stray" && status?.reason === reason,
        ),
      { explain: () => describe(testbed) },
    );

    expect(halt.spec.workload).toBeUndefined();
    await until("the page", () => testbed.pager.pages().length > 0);
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(metadata?.uid);
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
  });
