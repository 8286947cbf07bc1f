import { API_VERSION } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { conditionOf, eventsFor, haltOf, haltsIn, imageInPod, policyIn } from "../harness/observe.ts";
import { createPolicy, removePolicy, setPlans } from "../harness/operator.ts";
import { rawRequest } from "../harness/raw-request.ts";
import { scenario } from "../harness/scenario.ts";

scenario(
  "of two policies that select a node the older governs it, whatever they are called, and the younger says so",
  ["POLICY-GOVERNS"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
    const older = Date.parse((await policyIn(testbed)).metadata.creationTimestamp ?? "");
    await until("a second to be over", () => Date.now() >= older + 1_000);
    const younger = "a-younger";
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.5") }] }, younger);
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const { spec } = await haltOf(testbed, "sei-0", "Recovered");
    expect(spec.policyName).toBe("policy");
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect(await haltsIn(testbed)).toHaveLength(1);
    const conflict = await until("the younger to say so", async () => {
      const condition = await conditionOf(testbed, "Conflicting", younger);
      return condition?.status === "True" && condition;
    });
    expect(conflict).toMatchObject({
      reason: "OlderPolicyGoverns",
      message: expect.stringMatching(/policy.*sei-0-0/),
    });
    await until(
      "the older to say that it is contradicted by none",
      async () => (await conditionOf(testbed, "Conflicting"))?.status === "False",
    );
    await until("its Event", async () => (await eventsFor(testbed, "OlderPolicyGoverns")).length > 0);

    await removePolicy(testbed);
    await until(
      "the younger to govern",
      async () => (await conditionOf(testbed, "Conflicting", younger))?.status === "False",
    );
  },
);

scenario(
  "a policy that somebody deleted, and that its finalizer keeps, changes nothing",
  ["MEDDLED-POLICY"],
  async (testbed) => {
    const { api, namespace } = testbed;
    const upgrades = [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }];
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades, paused: true });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    await haltOf(testbed, "sei-0", "Held");
    const path = `/apis/${API_VERSION}/namespaces/${namespace}/haltpolicies/policy`;
    const patch = async (body: object) => {
      const headers = { "content-type": "application/merge-patch+json" };
      expect((await rawRequest(api.config, { method: "PATCH", path, headers, body })).status).toBe(200);
    };
    await patch({ metadata: { finalizers: ["example.org/keep"] } });
    await removePolicy(testbed);

    await patch({ spec: { paused: false } });

    await until("it to be told", async () =>
      (await haltsIn(testbed)).some(({ status }) => status?.message?.includes("is being deleted")),
    );
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.6"));
    await patch({ metadata: { finalizers: null } });
    await createPolicy(testbed, { upgrades });
    await haltOf(testbed, "sei-0", "Recovered");
  },
);
