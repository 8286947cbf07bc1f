import type { Page } from "playwright-core";
import { expect, inject } from "vitest";
import { act, open, startBrowser } from "../browser/page.ts";
import { startController } from "../harness/controller.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { haltOf, policyIn } from "../harness/observe.ts";
import { createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import { postTo, serve, untilState } from "../harness/served-page.ts";

const DOWNGRADE = terminated(72, "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan\n");
const LISTED = { list: { plan: "v6.7", height: 20, version: "v6.7" } };
/** All controls of the page. */
const CONTROLS = 19;
/** What can be done through the API alone, in the order of the page. */
const THROUGH_THE_API = [
  ...["Install release", "List image", "Unlist image", "Pause policy"],
  ...["Set inferred halts", "Begin dry run", "Set swaps at a time"],
];

/** The controls of the page that can be pressed, and all. */
async function controlsOf(page: Page): Promise<{ readonly on: readonly string[]; readonly all: number }> {
  const all = page.locator(".control button[data-action]");
  const on = page.locator(".control button[data-action]:enabled");
  return { on: await on.allTextContents(), all: await all.count() };
}

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
    const browser = await startBrowser(cleanup);
    const faults: string[] = [];
    const read = await open(browser, reading.address, faults);
    await read.locator(".standing", { hasText: "Paged" }).waitFor();
    await read.locator(".steps li", { hasText: "Paged" }).waitFor();
    await read.getByText("The sandbox did not start this cluster").waitFor();
    expect(await controlsOf(read)).toEqual({ on: [], all: CONTROLS });
    await read.close();
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
    const page = await open(browser, changing.address, faults);
    await page.getByText("Changes are allowed in this namespace").waitFor();
    expect(await controlsOf(page)).toEqual({ on: THROUGH_THE_API, all: CONTROLS });
    await page.getByLabel("Height (0").fill("20");
    await act(page, "List image");
    await page.getByText("Listed: v6.7 at 20: upgrade-halt.dev/mock-node:v6.7").waitFor();
    await page.close();
    expect((await postTo(changing, "/api/actions", { kill: "leader" })).status).toBe(409);
    expect((await policyIn(testbed)).spec.upgrades).toEqual([
      { planName: "v6.7", height: 20, image: "upgrade-halt.dev/mock-node:v6.7" },
    ]);
    expect(faults).toEqual([]);
    await changing.program.stop();
  },
);
