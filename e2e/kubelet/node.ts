import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Program, startProgram, until } from "@upgrade-halt/testing";
import { connect } from "../harness/api.ts";
import type { Cleanup } from "../harness/cleanup.ts";
import { loadKubeconfig } from "../harness/kubeconfig.ts";
import { type CommandResult, runInside } from "../harness/namespaces.ts";
import { bootOwnMachine, NAMESPACES, whyNoOwnMachine } from "../harness/own-machine.ts";
import { type PodNetwork, writeConfiguration } from "./configuration.ts";
import { MOCK_NODES, type NodeImages } from "./images.ts";
import { kubeletPath } from "./programs.ts";

/** The first address of the range that the API server gives to Services. */
const API_SERVER_IN_CLUSTER = "10.0.0.1";

/** Names each image by its digest, too, as one that was pulled has it. */
const NAME_BY_DIGEST = `ctr --namespace k8s.io images list | awk 'NR > 1 && $1 !~ /@|^sha256:/ {
  name = $1; sub(/:[^:/]*$/, "", name); print $1, name "@" $3
}' | while read -r tag digest; do ctr --namespace k8s.io images tag "$tag" "$digest" || exit; done`;

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

export interface NodeOptions {
  /** Those of the mock node unless said. */
  readonly images?: NodeImages;
  /** Pods talk to nobody unless said. */
  readonly network?: PodNetwork;
}

/** Joins a real node to a cluster; resolves when it is ready. `cleanup` ends it and leaves nothing of it. */
export async function startRealNode(
  kubeconfig: string,
  name: string,
  cleanup: Cleanup,
  { images = MOCK_NODES, network = "apart" }: NodeOptions = {},
): Promise<RealNode> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-node-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  writeConfiguration(folder, await freePort(), images.shared, network);
  const archives = images.write(join(folder, "images"));
  const init = await bootContainerd(folder, network, cleanup);
  if (network === "bridged") await reachApiServer(kubeconfig, folder, init, cleanup);
  const sh = (script: string) => runInside(init, script);
  const must = async (script: string): Promise<void> => {
    const { code, output } = await sh(script);
    if (code !== 0) throw new Error(`${script}: ${output}`);
  };
  const options = [
    `--config=${folder}/kubelet.json`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
    // It then leaves its addresses to others: see `answerOnLoopback`.
    "--cloud-provider=external",
  ];
  const run = `echo $$ > /run/kubelet.pid; exec '${kubeletPath()}' ${options.join(" ")}`;
  // A kubelet ends at once where containerd answers and is not ready for it yet; a machine starts it again.
  const startKubelet = () =>
    until(`the kubelet of ${name} to join`, () => {
      const since = Date.now();
      const ready = () => isReady(kubeconfig, name, since);
      return startProgram("kubelet", "nsenter", ["-t", String(init), "-a", "sh", "-c", run], { ready });
    });
  for (const archive of archives) await must(`ctr --namespace k8s.io images import '${archive}'`);
  await must(NAME_BY_DIGEST);
  let kubelet = await startKubelet();
  await answerOnLoopback(kubeconfig, name);
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

/**
 * Brings the API server into a node's own network: to where its kubeconfig has it, and to its address in the cluster, where pods look
 * for it.
 */
async function reachApiServer(
  kubeconfig: string,
  folder: string,
  init: number,
  cleanup: Cleanup,
): Promise<void> {
  const { host } = new URL(loadKubeconfig(kubeconfig).getCurrentCluster()?.server ?? "");
  const socket = join(folder, "api-server.sock");
  const passOn = [process.execPath, join(import.meta.dirname, "forward-connections.ts")];
  const ready = ({ lines }: Program) => lines().includes("listening");
  const there = await startProgram("the way to the API server", "env", [...passOn, host, socket], { ready });
  cleanup.add(() => there.stop());
  const inside = ["-t", String(init), "-a", ...passOn, socket, host, `${API_SERVER_IN_CLUSTER}:443`];
  // It ends with its machine.
  await startProgram("the way out of the node", "nsenter", inside, { ready });
}

/** Whether a kubelet has said since then that its node is ready. */
async function isReady(kubeconfig: string, name: string, since: number): Promise<boolean> {
  const { status } = await connect(kubeconfig).core.readNode({ name });
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && Number(ready.lastHeartbeatTime) >= since - 1000;
}

/** Gives a node the one address that its kubelet serves on, and no other machine reaches: for logs, and for pods on its network. */
async function answerOnLoopback(kubeconfig: string, name: string): Promise<void> {
  const addresses = [
    { type: "InternalIP", address: "127.0.0.1" },
    { type: "Hostname", address: name },
  ];
  const body = [{ op: "replace", path: "/status/addresses", value: addresses }];
  await connect(kubeconfig).core.patchNodeStatus({ name, body });
}

/** Starts containerd as the first process of a machine of its own; the process's id as seen from here. */
async function bootContainerd(folder: string, network: PodNetwork, cleanup: Cleanup): Promise<number> {
  const namespaces = network === "apart" ? NAMESPACES : `${NAMESPACES} --net`;
  const machine = bootOwnMachine(folder, namespaces, join(import.meta.dirname, "boot.sh"), cleanup);
  const init = await until("the node's first process", machine.init, { explain: machine.log });
  const answers = async () => (await runInside(init, "ctr version")).code === 0;
  await until("containerd to answer", answers, { explain: machine.log });
  return init;
}
