import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { CONTAINER, imageOf, mockNode, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createPhantom, PHANTOM_NODE, setPhantomState } from "../harness/fixtures/phantom-pods.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import {
  deliveriesOf,
  describe,
  haltOf,
  haltsIn,
  imageInSet,
  podOf,
  untilPast,
  untilRecorded,
} from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, deploy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const [OLD, NEW] = [imageOf("v6.6"), imageOf("v6.7")];

/** Waits until a halt stands for a reason, and says what it must say by then. */
function reasonOf(testbed: Testbed, reason: string, says = (_message: string) => true) {
  return until(
    `the halt to be ${reason}`,
    async () =>
      (await haltsIn(testbed)).find(({ status }) => status?.reason === reason && says(status.message ?? "")),
    { explain: () => describe(testbed) },
  );
}

scenario(
  "a 71 whose predecessor ran while no controller watched is paged, and goes back to nothing",
  ["TOO-NEW-PROVEN"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 1_000_000));
    await createPolicy(testbed, { upgrades: [] });
    const controller = await startController(testbed);
    await createNode(testbed, "sei-0", { version: "v6.5" });
    await untilRecorded(testbed, "sei-0-0", imageOf("v6.5"));
    await controller.stop();
    const height = await untilPast(testbed, "sei-0", 2);
    await deploy(testbed, "sei-0", OLD);
    await untilPast(testbed, "sei-0", height + 2);
    await deploy(testbed, "sei-0", NEW);

    await startController(testbed);

    const { status } = await haltOf(testbed, "sei-0", "Paged");
    expect(status?.reason).toBe("PreviousImageUnknown");
    expect(await imageInSet(testbed, "sei-0")).toBe(NEW);
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
  },
);

scenario(
  "a policy that names another container after the halt sets its image in neither",
  ["SAME-CONTAINER"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 30));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 30, image: NEW }], paused: true });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    await reasonOf(testbed, "Paused");
    const before = (await podOf(testbed, "sei-0")).metadata?.uid;

    await changePolicy(testbed, { container: "oracle", paused: false });

    const { status } = await reasonOf(testbed, "ContainerChanged");
    expect(status?.message).toContain("Container seid halted, and HaltPolicy policy names container oracle");
    await until("its page", () => testbed.pager.pages().some(({ key }) => key.includes("ContainerChanged")));
    expect(await imageInSet(testbed, "sei-0")).toBe(OLD);
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(before);
    await changePolicy(testbed, { container: "seid" });
    await haltOf(testbed, "sei-0", "Recovered");
  },
);

scenario(
  "pods of the node's image that no policy selects are asked which validator they are, and one that does not answer holds the swap",
  ["ONE-VALIDATOR", "STRANGERS-ASKED"],
  async (testbed) => {
    const { api, namespace } = testbed;
    await setPlans(testbed, planAt("v6.7", 40));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 40, image: NEW }] });
    await startController(testbed);
    await createPhantom(testbed, "silent", { role: "failover" });
    const spec = mockNode("backup", { version: "v6.6", args: ["--halt-stay-alive"] }).spec?.template.spec;
    if (!spec) throw new Error("a mock node has a pod template");
    const volumes = [
      { name: "plans", configMap: { name: "plans" } },
      { name: "data", emptyDir: {} },
    ];
    const backup = { metadata: { name: "backup", labels: { role: "failover" } }, spec: { ...spec, volumes } };
    await api.core.createNamespacedPod({ namespace, body: backup });
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const { status } = await reasonOf(testbed, "StrangerNotKnown", (message) => !message.includes("/backup"));

    expect(status?.message).toContain(`${namespace}/silent (has no address yet)`);
    expect(await imageInSet(testbed, "sei-0")).toBe(OLD);
    await api.core.deleteNamespacedPod({ namespace, name: "silent", body: { gracePeriodSeconds: 0 } });
    await haltOf(testbed, "sei-0", "Recovered");
    expect(await imageInSet(testbed, "sei-0")).toBe(NEW);
  },
);

scenario(
  "a halt that a running node announces at an address which another pod has, too, is held until that is gone",
  ["ONE-VALIDATOR", "STRANGERS-ASKED"],
  async (testbed) => {
    const { api, namespace } = testbed;
    await setPlans(testbed, planAt("v6.7", 30));
    const upgrades = [{ planName: "v6.7", height: 30, image: NEW }];
    // The node's own log would tell of its halt as well.
    await createPolicy(testbed, { upgrades, inferredHalts: "Ignore", paused: true });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6", args: ["--halt-stay-alive"] });
    await reasonOf(testbed, "Paused");
    const podIP = (await podOf(testbed, "sei-0")).status?.podIP ?? "";
    const containers = [{ name: CONTAINER, image: "example.org/another:1" }];
    const body = { metadata: { name: "beside" }, spec: { nodeName: PHANTOM_NODE, containers } };
    await api.core.createNamespacedPod({ namespace, body });
    await setPhantomState(testbed, "beside", { state: { running: {} }, podIp: podIP });

    await changePolicy(testbed, { paused: false });

    const { status } = await reasonOf(testbed, "StrangerNotKnown");
    expect(status?.message).toContain(`${namespace}/beside has the address of ${namespace}/sei-0-0,`);
    expect(await imageInSet(testbed, "sei-0")).toBe(OLD);
    await api.core.deleteNamespacedPod({ namespace, name: "beside", body: { gracePeriodSeconds: 0 } });
    await haltOf(testbed, "sei-0", "Recovered");
  },
);
