import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { kubeconfigWithToken, loadKubeconfig } from "../harness/kubeconfig.ts";
import { haltOf, haltsIn, imageInSet, policyIn } from "../harness/observe.ts";
import { createPolicy, setPlans } from "../harness/operator.ts";
import { installUpgradeHalt } from "../harness/programs.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";
import { type KubectlRun, kubectl } from "./kubectl.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-plugin-"));
  installUpgradeHalt(folder);
  await chmod(folder, 0o700);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the plugin by kubectl, as a person does. */
async function plugin(
  { namespace }: Pick<Testbed, "namespace">,
  args: readonly string[],
  kubeconfig = inject("kubeconfig"),
): Promise<KubectlRun> {
  const [command = "", ...rest] = args;
  return kubectl(kubeconfig, ["upgrade-halt", command, ...rest, "-n", namespace], {
    plugins: join(folder, "bin"),
  });
}

async function must(testbed: Testbed, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await plugin(testbed, args);
  expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
  return stdout;
}

scenario(
  "kubectl upgrade-halt says why a node waits, and an image that is approved there is swapped to",
  ["PLUGIN"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [] });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const held = await haltOf(testbed, "sei-0", "Held", { reason: "upgrade_required" });
    const { name } = held.metadata;
    await until("the halt to say what it waits for", async () => {
      const [halt] = await haltsIn(testbed);
      return halt?.status?.reason === "ImageMappingMissing";
    });

    expect((await must(testbed, "list")).split("\n")[1]?.split(/ {2,}/)).toEqual([
      ...["sei-0-0", "upgrade_required", "v6.7", "10", "Held", "ImageMappingMissing"],
      name,
    ]);
    expect(await must(testbed, "why", "sei-0-0")).toContain(
      `\n  do:     kubectl upgrade-halt approve ${name} --image=NAME@sha256:DIGEST --namespace=${testbed.namespace}\n`,
    );

    const image = imageOf("v6.7");
    const dry = await must(testbed, "approve", "sei-0-0", `--image=${image}`, "--dry-run");
    expect(dry).toMatch(/^Dry run: the API server would take it, and nothing was changed\. /);
    expect((await policyIn(testbed)).spec.upgrades).toEqual([]);

    await must(testbed, "pause", "policy");
    expect((await policyIn(testbed)).spec.paused).toBe(true);
    const approved = await must(testbed, "approve", "sei-0-0", `--image=${image}`);
    expect(approved).toBe(
      `HaltPolicy ${testbed.namespace}/policy lists ${image} for plan v6.7 at height 10, for every node that it governs and that halts for exactly that. The policy is paused, so nothing is changed yet.
Take it back: kubectl upgrade-halt approve ${name} --undo --namespace=${testbed.namespace}
`,
    );
    expect((await policyIn(testbed)).spec.upgrades).toEqual([{ planName: "v6.7", height: 10, image }]);
    expect(JSON.parse(await must(testbed, "approve", name, `--image=${image}`, "--json"))).toMatchObject({
      changed: false,
    });
    const other = await plugin(testbed, ["approve", name, `--image=${imageOf("v6.8")}`]);
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toContain(`HaltPolicy policy lists ${image} for plan v6.7 at height 10, and`);

    await must(testbed, "approve", name, "--undo");
    expect((await policyIn(testbed)).spec.upgrades).toEqual([]);
    await must(testbed, "approve", name, `--image=${image}`);
    await must(testbed, "pause", "policy", "--undo");
    await haltOf(testbed, "sei-0", "Recovered");
    expect(await imageInSet(testbed, "sei-0")).toBe(image);
    expect(await must(testbed, "list")).toBe("No halt is open. 1 are over: see --all.\n");
  },
);

scenario(
  "kubectl upgrade-halt aborts a halt and takes that back, acknowledges a failure, and changes nothing without the right",
  ["PLUGIN"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.5") }], paused: true });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const { metadata } = await haltOf(testbed, "sei-0", "Held", { reason: "upgrade_required" });

    expect(await must(testbed, "abort", "sei-0-0")).toContain(
      " is aborted: nothing more is done about this halt",
    );
    const abortion = async () =>
      (await haltsIn(testbed)).find((halt) => halt.metadata.name === metadata.name)?.metadata.annotations?.[
        "upgrade-halt.dev/abort"
      ];
    expect(await abortion()).toBe("true");
    await must(testbed, "pause", "policy", "--undo");
    await until("the controller to be held by it", async () => {
      const [halt] = await haltsIn(testbed);
      return halt?.status?.reason === "Aborted";
    });

    await refusedWithoutRights(testbed, metadata.name);
    expect(await abortion()).toBe("true");

    await must(testbed, "abort", metadata.name, "--undo");
    expect(await abortion()).toBeUndefined();
    await haltOf(testbed, "sei-0", "Failed", { reason: "upgrade_required" });
    expect(await must(testbed, "approve", metadata.name)).toContain(
      " is acknowledged: its failed swap no longer",
    );
    const failed = (await haltsIn(testbed)).find((halt) => halt.metadata.name === metadata.name);
    expect(failed?.metadata.annotations?.["upgrade-halt.dev/acknowledged"]).toBe("true");
    await must(testbed, "approve", metadata.name, "--undo");
  },
);

/** Somebody who may look, and nothing else. */
async function refusedWithoutRights(testbed: Testbed, halt: string): Promise<void> {
  const { namespace } = testbed;
  const admin = (...args: string[]) => kubectl(inject("kubeconfig"), [...args, "-n", namespace]);
  await admin("create", "serviceaccount", "onlooker");
  await admin("create", "role", "onlooker", "--verb=get,list", "--resource=nodehalts.upgrade-halt.dev");
  await admin(
    "create",
    "rolebinding",
    "onlooker",
    "--role=onlooker",
    `--serviceaccount=${namespace}:onlooker`,
  );
  const { stdout: token } = await admin("create", "token", "onlooker");
  const own = await kubeconfigWithToken(
    join(testbed.folder, "onlooker.kubeconfig"),
    loadKubeconfig(inject("kubeconfig")),
    token.trim(),
  );

  const undone = await plugin(testbed, ["abort", halt, "--undo"], own);
  expect(undone).toMatchObject({ code: 1, stdout: "" });
  expect(undone.stderr).toMatch(
    /^kubectl upgrade-halt: kubectl patch nodehalts failed: Error from server \(Forbidden\): .* cannot patch resource "nodehalts" .* Nothing was changed\. Ask whoever runs the cluster for that right\.\n$/,
  );
  const paused = await plugin(testbed, ["pause", "policy"], own);
  expect(paused).toMatchObject({ code: 1, stdout: "" });
  expect(paused.stderr).toContain("kubectl get haltpolicies failed: Error from server (Forbidden)");
}
