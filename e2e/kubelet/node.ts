import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "@upgrade-halt/testing";
import { connect } from "../harness/api.ts";
import type { Cleanup } from "../harness/cleanup.ts";
import { type CommandResult, runInside } from "../harness/namespaces.ts";
import { bootOwnMachine, NAMESPACES, whyNoOwnMachine } from "../harness/own-machine.ts";
import { startProgram } from "../harness/program.ts";
import { writeConfiguration } from "./configuration.ts";
import { writeImages } from "./images.ts";
import { kubeletPath } from "./programs.ts";

/** Why no kubelet can run here, or `undefined` where one can. */
export function whyNoKubelet(): string | undefined {
  return whyNoOwnMachine(["containerd", "runc", "ip"], NAMESPACES);
}

/** A node of a cluster: a real kubelet over containerd and runc, in namespaces of its own. */
export interface RealNode {
  readonly name: string;
  /** Runs a shell script where containerd and the kubelet run. */
  sh(script: string): Promise<CommandResult>;
  /** Makes kubelet and containerd forget a container, as if the machine had lost it while they were down. */
  loseContainer(id: string): Promise<void>;
}

/** Joins a real node to a cluster; resolves when it is ready. `cleanup` ends it and leaves nothing of it. */
export async function startRealNode(kubeconfig: string, name: string, cleanup: Cleanup): Promise<RealNode> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-node-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  writeConfiguration(folder, await freePort());
  const images = writeImages(join(folder, "images"));
  const init = await bootContainerd(folder, cleanup);
  const sh = (script: string) => runInside(init, script);
  const must = async (script: string): Promise<void> => {
    const { code, output } = await sh(script);
    if (code !== 0) throw new Error(`${script}: ${output}`);
  };
  const options = [
    `--config=${folder}/kubelet.json`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
  ];
  const run = `echo $$ > /run/kubelet.pid; exec '${kubeletPath()}' ${options.join(" ")}`;
  // A kubelet ends at once where containerd answers and is not ready for it yet; a machine starts it again.
  const startKubelet = () =>
    until(
      `the kubelet of ${name} to join`,
      () => {
        const since = Date.now();
        const ready = () => isReady(kubeconfig, name, since);
        return startProgram("kubelet", "nsenter", ["-t", String(init), "-a", "sh", "-c", run], { ready });
      },
      { within: 60_000 },
    );
  await must(`ctr --namespace k8s.io images import '${images}'`);
  let kubelet = await startKubelet();
  return {
    name,
    sh,
    async loseContainer(id) {
      await must("kill -KILL $(cat /run/kubelet.pid)");
      await kubelet.ended;
      await must(`ctr -n k8s.io tasks kill -s KILL ${id}`);
      await until("its end", async () => !(await sh("ctr -n k8s.io tasks list --quiet")).output.includes(id));
      await must(`ctr -n k8s.io containers delete ${id}; kill -KILL $(cat /run/containerd.pid)`);
      await until("containerd to answer again", async () => (await sh("ctr version")).code === 0);
      kubelet = await startKubelet();
    },
  };
}

/** Whether a kubelet has said since then that its node is ready. */
async function isReady(kubeconfig: string, name: string, since: number): Promise<boolean> {
  const { status } = await connect(kubeconfig).core.readNode({ name });
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && Number(ready.lastHeartbeatTime) >= since - 1000;
}

/** Starts containerd as the first process of a machine of its own; the process's id as seen from here. */
async function bootContainerd(folder: string, cleanup: Cleanup): Promise<number> {
  const machine = bootOwnMachine(folder, NAMESPACES, join(import.meta.dirname, "boot.sh"), cleanup);
  const init = await until("the node's first process", machine.init, { explain: machine.log });
  const answers = async () => (await runInside(init, "ctr version")).code === 0;
  await until("containerd to answer", answers, { explain: machine.log });
  return init;
}
