import { startProgram, until } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startCluster } from "../harness/cluster.ts";
import { pathOf } from "./programs.ts";

const labels = { operator: "yes" };

test("an operator of controller-runtime 0.25 leads and reconciles on the embedded cluster, with its defaults", async () => {
  const cleanup = new Cleanup();
  try {
    const cluster = await startCluster("embedded");
    cleanup.add(() => cluster.stop());
    const { core, apps } = connect(cluster.kubeconfig);
    const namespace = "default";
    const names = ["a", "b", "c"];
    for (const name of names)
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels } } });
    const operator = await startProgram("operator", pathOf("operator"), [
      `--kubeconfig=${cluster.kubeconfig}`,
    ]);
    cleanup.add(() => operator.stop());
    const said = (line: string): boolean => operator.output().split("\n").includes(line);
    const explain = (): string => operator.output().slice(-4000);
    await until("the operator to lead", () => said("leads"), { explain });
    for (const name of names)
      await until(`the end of ${name}`, () => said(`reconciled ${name}`), { explain });
    const { items } = await apps.listNamespacedStatefulSet({ namespace });
    expect(items.map(({ status }) => status?.readyReplicas)).toEqual([1, 1, 1]);
    const pod = await core.readNamespacedPod({ namespace, name: "a-typed" });
    expect(pod.spec?.containers[0]?.image).toBe("registry.k8s.io/pause:3.10");
    const events = await core.listNamespacedEvent({ namespace });
    expect(events.items.filter(({ reason }) => reason === "Reconciled")).toHaveLength(3);
  } finally {
    await cleanup.run();
  }
});
