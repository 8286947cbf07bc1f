import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { connect } from "./harness/api.ts";
import { startDemo } from "./harness/demo.ts";
import { loadKubeconfig } from "./harness/kubeconfig.ts";
import { proof } from "./harness/proof.ts";

proof(
  "sandbox demo --keep leaves a cluster to look at, until it is interrupted",
  ["DEMO-KEEP", "DEMO-CLEAN"],
  async () => {
    const demo = await startDemo("--keep");
    const kubeconfig = await until(
      "the KUBECONFIG line",
      () => /^KUBECONFIG=(\S+)$/m.exec(demo.program.output())?.[1],
      { within: 90_000, explain: demo.program.output },
    );
    const { currentContext, contexts } = loadKubeconfig(kubeconfig);
    const { custom, core } = connect(kubeconfig);
    const journals: { items: { status: { phase: string } }[] } = await custom.listNamespacedCustomObject({
      group: "upgrade-halt.dev",
      version: "v1alpha1",
      namespace: "sei",
      plural: "nodehalts",
    });
    const pods = await core.listNamespacedPod({ namespace: "sei" });
    demo.program.signal("SIGINT");
    const { end, ...left } = await demo.end();

    expect(contexts.find(({ name }) => name === currentContext)?.namespace).toBe("sei");
    expect(journals.items.map(({ status }) => status.phase).sort()).toEqual([
      "Paged",
      "Recovered",
      "Recovered",
      "Recovered",
      "Recovered",
    ]);
    expect(pods.items.map(({ metadata }) => metadata?.name).sort()).toEqual([
      "sei-0-0",
      "sei-1-0",
      "sei-2-0",
    ]);
    expect(left).toEqual({ processes: [], files: [] });
    expect(end.signal).toBe(null);
  },
);
