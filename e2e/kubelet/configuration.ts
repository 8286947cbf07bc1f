import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NodeImages, PAUSE_IMAGE } from "./images.ts";

/** Whether the pods of a node talk to nobody, or to each other, to the node and to the API server. */
export type PodNetwork = "apart" | "bridged";
const PLUGINS: Readonly<Record<PodNetwork, string>> = { apart: "pod-network.sh", bridged: "pod-bridge.sh" };

const CONTAINERD = "/run/containerd/containerd.sock";

/**
 * Writes what containerd and a kubelet are told, into `folder`. Both take the machine as it is: neither lowers a process's
 * share in the kernel's choice of whom to kill, which root may not do everywhere.
 */
export function writeConfiguration(
  folder: string,
  port: number,
  shared: NodeImages["shared"],
  network: PodNetwork,
): void {
  mkdirSync(join(folder, "cni"), { recursive: true });
  const plugins = { "pod-network": PLUGINS[network], loopback: PLUGINS.apart };
  for (const [plugin, script] of Object.entries(plugins))
    copyFileSync(join(import.meta.dirname, script), join(folder, "cni", plugin));
  const list = { cniVersion: "0.4.0", name: "pods", plugins: [{ type: "pod-network" }] };
  writeFileSync(join(folder, "10-pods.conflist"), JSON.stringify(list));
  writeFileSync(join(folder, "base-spec.json"), JSON.stringify(baseSpec(shared)));
  writeFileSync(join(folder, "containerd.toml"), containerd(folder));
  writeFileSync(join(folder, "kubelet.json"), JSON.stringify(kubelet(port)));
}

function baseSpec(shared: NodeImages["shared"]): unknown {
  const spec = JSON.parse(execFileSync("ctr", ["oci", "spec"], { encoding: "utf8" }));
  for (const [destination, source] of Object.entries(shared)) {
    spec.mounts.push({ destination, source, type: "bind", options: ["rbind", "ro"] });
  }
  return spec;
}

function containerd(folder: string): string {
  return `version = 2
oom_score = 0
[plugins."io.containerd.internal.v1.opt"]
path = "/var/lib/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${PAUSE_IMAGE}"
restrict_oom_score_adj = true
disable_apparmor = true
stream_server_address = "127.0.0.1"
stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${folder}/cni"
conf_dir = "${folder}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
base_runtime_spec = "${folder}/base-spec.json"
`;
}

function kubelet(port: number): unknown {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: `unix://${CONTAINERD}`,
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    enforceNodeAllocatable: [],
    evictionHard: {},
    volumeStatsAggPeriod: "5s",
    oomScoreAdj: 0,
    protectKernelDefaults: true,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    resolvConf: "/dev/null",
    address: "127.0.0.1",
    port,
    healthzPort: 0,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
  };
}
