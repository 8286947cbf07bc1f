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
import type { World } from "../harness/world.ts";
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
  { namespace }: Pick<World, "namespace">,
  args: readonly string[],
  kubeconfig = inject("kubeconfig"),
): Promise<KubectlRun> {
  const [command = "", ...rest] = args;
  return kubectl(kubeconfig, ["upgrade-halt", command, ...rest, "-n", namespace], {
    plugins: join(folder, "bin"),
  });
}

async function must(world: World, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await plugin(world, args);
  expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
  return stdout;
}

scenario(
  "kubectl upgrade-halt says why a node waits, and an image that is approved there is swapped to",
  ["PLUGIN"],
  async (world) => {
    await setPlans(world, planAt("v6.7", 10));
    await createPolicy(world, { upgrades: [] });
    await startController(world);
    await createHaltingNode(world, "sei-0", { version: "v6.6" });
    const held = await haltOf(world, "sei-0", "Held", { reason: "upgrade_required" });
    const { name } = held.metadata;
    await until("the halt to say what it waits for", async () => {
      const [halt] = await haltsIn(world);
      return halt?.status?.reason === "ImageMappingMissing";
    });

    expect((await must(world, "list")).split("\n")[1]?.split(/ {2,}/)).toEqual([
      ...["sei-0-0", "upgrade_required", "v6.7", "10", "Held", "ImageMappingMissing"],
      name,
    ]);
    expect(await must(world, "why", "sei-0-0")).toContain(
      `\n  do:     kubectl upgrade-halt approve ${name} --image=NAME@sha256:DIGEST --namespace=${world.namespace}\n`,
    );

    const image = imageOf("v6.7");
    const dry = await must(world, "approve", "sei-0-0", `--image=${image}`, "--dry-run");
    expect(dry).toMatch(/^Dry run: the API server would take it, and nothing was changed\. /);
    expect((await policyIn(world)).spec.upgrades).toEqual([]);

    await must(world, "pause", "policy");
    expect((await policyIn(world)).spec.paused).toBe(true);
    const approved = await must(world, "approve", "sei-0-0", `--image=${image}`);
    expect(approved).toBe(
      `HaltPolicy ${world.namespace}/policy lists ${image} for plan v6.7 at height 10, for every node that it governs and that halts for exactly that. The policy is paused, so nothing is changed yet.
Take it back: kubectl upgrade-halt approve ${name} --undo --namespace=${world.namespace}
`,
    );
    expect((await policyIn(world)).spec.upgrades).toEqual([{ planName: "v6.7", height: 10, image }]);
    expect(JSON.parse(await must(world, "approve", name, `--image=${image}`, "--json"))).toMatchObject({
      changed: false,
    });
    const other = await plugin(world, ["approve", name, `--image=${imageOf("v6.8")}`]);
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toContain(`HaltPolicy policy lists ${image} for plan v6.7 at height 10, and`);

    await must(world, "approve", name, "--undo");
    expect((await policyIn(world)).spec.upgrades).toEqual([]);
    await must(world, "approve", name, `--image=${image}`);
    await must(world, "pause", "policy", "--undo");
    await haltOf(world, "sei-0", "Recovered");
    expect(await imageInSet(world, "sei-0")).toBe(image);
    expect(await must(world, "list")).toBe("No halt is open. 1 are over: see --all.\n");
  },
);

scenario(
  "kubectl upgrade-halt aborts a halt and takes that back, acknowledges a failure, and changes nothing without the right",
  ["PLUGIN"],
  async (world) => {
    await setPlans(world, planAt("v6.7", 10));
    await createPolicy(world, { upgrades: [{ planName: "v6.7", image: imageOf("v6.5") }], paused: true });
    await startController(world);
    await createHaltingNode(world, "sei-0", { version: "v6.6" });
    const { metadata } = await haltOf(world, "sei-0", "Held", { reason: "upgrade_required" });

    expect(await must(world, "abort", "sei-0-0")).toContain(
      " is aborted: nothing more is done about this halt",
    );
    const abortion = async () => (await haltsIn(world))[0]?.metadata.annotations?.["upgrade-halt.dev/abort"];
    expect(await abortion()).toBe("true");
    await must(world, "pause", "policy", "--undo");
    await until("the controller to be held by it", async () => {
      const [halt] = await haltsIn(world);
      return halt?.status?.reason === "Aborted";
    });

    await refusedWithoutRights(world, metadata.name);
    expect(await abortion()).toBe("true");

    await must(world, "abort", metadata.name, "--undo");
    expect(await abortion()).toBeUndefined();
    await haltOf(world, "sei-0", "Failed", { reason: "upgrade_required" });
    expect(await must(world, "approve", metadata.name)).toContain(
      " is acknowledged: its failed swap no longer",
    );
    const [failed] = await haltsIn(world);
    expect(failed?.metadata.annotations?.["upgrade-halt.dev/acknowledged"]).toBe("true");
    await must(world, "approve", metadata.name, "--undo");
  },
);

/** Somebody who may look, and nothing else. */
async function refusedWithoutRights(world: World, halt: string): Promise<void> {
  const { namespace } = world;
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
    join(world.folder, "onlooker.kubeconfig"),
    loadKubeconfig(inject("kubeconfig")),
    token.trim(),
  );

  const undone = await plugin(world, ["abort", halt, "--undo"], own);
  expect(undone).toMatchObject({ code: 1, stdout: "" });
  expect(undone.stderr).toMatch(
    /^kubectl upgrade-halt: kubectl patch nodehalts failed: Error from server \(Forbidden\): .* cannot patch resource "nodehalts" .* Nothing was changed\. Ask whoever runs the cluster for that right\.\n$/,
  );
  const paused = await plugin(world, ["pause", "policy"], own);
  expect(paused).toMatchObject({ code: 1, stdout: "" });
  expect(paused.stderr).toContain("kubectl get haltpolicies failed: Error from server (Forbidden)");
}
