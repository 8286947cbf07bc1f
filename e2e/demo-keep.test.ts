import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { connect } from "./harness/api.ts";
import { startDemo } from "./harness/demo.ts";
import { loadKubeconfig } from "./harness/kubeconfig.ts";
import { installUpgradeHalt } from "./harness/programs.ts";
import { proof } from "./harness/proof.ts";

const UPGRADE_HALT = join(import.meta.dirname, "..", "packages", "consumer", "bin", "upgrade-halt.js");
const hasKubectl = () => spawnSync("kubectl", ["version", "--client"]).error === undefined;

/** What doctor says of the cluster, which it reads by kubectl. */
function doctor(kubeconfig: string): Promise<{ stdout: string; stderr: string }> {
  const args = [UPGRADE_HALT, "doctor", "--kubeconfig", kubeconfig];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

/** What kubectl's plugin says of the cluster, and writes there. */
async function askPlugin(kubeconfig: string): Promise<Record<"why" | "paused" | "resumed", string>> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-plugin-"));
  installUpgradeHalt(folder);
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    PATH: [join(folder, "bin"), process.env.PATH].join(delimiter),
  };
  const ask = async (...args: string[]) =>
    (await promisify(execFile)("kubectl", ["upgrade-halt", ...args], { env })).stdout;
  try {
    const why = await ask("why", "sei-1-0");
    return { why, paused: await ask("pause", "sei"), resumed: await ask("pause", "sei", "--undo") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

proof(
  "sandbox demo --keep leaves a cluster to look at, until it is interrupted",
  ["DEMO-KEEP", "DEMO-CLEAN", "PLUGIN"],
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
    const events = await core.listNamespacedEvent({ namespace: "sei" });
    const told = hasKubectl() ? await doctor(kubeconfig) : undefined;
    const plugged = hasKubectl() ? await askPlugin(kubeconfig) : undefined;
    demo.program.signal("SIGINT");
    const { end, ...left } = await demo.end();

    expect(demo.program.output()).toContain("The controller is no pod of it but a process beside it");
    expect(events.items.map(({ reason }) => reason)).toContain("Recovered");
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
    if (told !== undefined) {
      expect(told.stderr).toBe("");
      expect(told.stdout).toMatch(/^ok {4}policy HaltPolicy \S+: It governs \d of the pods\.$/m);
      expect(told.stdout).toMatch(/^ok {4}process Pod sei-0-0: StatefulSet sei-0 owns it\.$/m);
      expect(told.stdout).toMatch(/^TO DO contract Pod sei-0-0: .* exec --announce before its command/m);
    }
    if (plugged !== undefined) {
      expect(plugged.why).toMatch(/^sei-1-0: downgrade_detected, plan v6\.7$/m);
      expect(plugged.paused).toMatch(/^HaltPolicy sei\/sei is paused: .*$/m);
      expect(plugged.resumed).toMatch(/^HaltPolicy sei\/sei is not paused: .*$/m);
    }
    expect(left).toEqual({ processes: [], files: [] });
    expect(end.signal).toBe(null);
  },
);
