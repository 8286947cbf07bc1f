import { expect, inject } from "vitest";
import { startController } from "../harness/controller.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { haltOf, policyIn } from "../harness/observe.ts";
import { createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import { postTo, serve, untilState } from "../harness/served-page.ts";

const DOWNGRADE = terminated(72, "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan\n");
const LISTED = { list: { plan: "v6.7", height: 20, version: "v6.7" } };

scenario(
  "the sandbox's page shows a cluster that it did not start, and changes it only where that is allowed",
  ["PAGE-GIVEN-CLUSTER"],
  async (testbed) => {
    const { cleanup, namespace } = testbed;
    await createPolicy(testbed);
    await startController(testbed);
    await createPhantom(testbed, "a-0");
    await setPhantomState(testbed, "a-0", { state: DOWNGRADE });
    await haltOf(testbed, "a", "Paged");
    const over = (...flags: readonly string[]) =>
      serve({ cleanup, flags: ["--kubeconfig", inject("kubeconfig"), "--namespace", namespace, ...flags] });

    const reading = await over();
    const { halts, given } = await untilState(
      reading,
      "the node and its halt to be shown",
      (state) =>
        state.nodes.some(({ node, exitCode }) => node === "a-0" && exitCode === 72) &&
        state.halts.some(({ node, status }) => node === "a-0" && status.phase === "Paged"),
    );
    const steps = ["Detected", "Recorded", "Held", "Paged"].map((phase) =>
      expect.objectContaining({ phase }),
    );
    expect(halts[0]?.status.steps).toEqual(steps);
    expect(given?.unread).toEqual([]);
    for (const body of [LISTED, { policy: { paused: true } }, { install: { node: "a-0", version: "v6.7" } }])
      expect((await postTo(reading, "/api/actions", body)).status, JSON.stringify(body)).toBe(409);
    await reading.program.stop();

    const elsewhere = await over("--allow-changes", "default");
    expect((await postTo(elsewhere, "/api/actions", LISTED)).status).toBe(409);
    await elsewhere.program.stop();
    expect((await policyIn(testbed)).spec.upgrades).toEqual([]);

    const changing = await over("--allow-changes", namespace);
    // A halt names its node before the pod is seen, and with the pod the image of which another release is listed.
    await untilState(changing, "the node's image to be shown", ({ nodes }) =>
      nodes.some(({ podImage }) => podImage !== ""),
    );
    expect(await postTo(changing, "/api/actions", LISTED)).toEqual({ status: 200, body: {} });
    expect((await postTo(changing, "/api/actions", { kill: "leader" })).status).toBe(409);
    expect((await policyIn(testbed)).spec.upgrades).toEqual([
      { planName: "v6.7", height: 20, image: "upgrade-halt.dev/mock-node:v6.7" },
    ]);
    await changing.program.stop();
  },
);
