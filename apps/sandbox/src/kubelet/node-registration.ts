import { arch, cpus, hostname, platform, release, totalmem } from "node:os";
import { hasCode } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { LEASES, NODES, pathOf } from "../client/resource-path.ts";
import type { JsonObject } from "../json/json.ts";

const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;

export interface NodeFacts {
  readonly name: string;
  readonly hostIp: string;
  /** Where this kubelet serves container logs. */
  readonly port: number;
}

/** Registers the node and keeps its Ready condition and its Lease fresh until `signal` aborts. */
export async function registerNode(client: ApiClient, node: NodeFacts, signal: AbortSignal): Promise<void> {
  await ensure(client, pathOf(NODES), {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      labels: {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": platform(),
        "kubernetes.io/arch": goArchitecture(),
        "upgrade-halt.dev/process-kubelet": "true",
      },
    },
    spec: {},
  });
  await heartbeat(client, node);
  const timer = setInterval(() => void heartbeat(client, node).catch(() => undefined), RENEW_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

async function ensure(client: ApiClient, path: string, object: JsonObject): Promise<void> {
  try {
    await client.create(path, object);
  } catch (error) {
    if (!hasCode(error, "already-exists", "conflict")) throw error;
  }
}

async function heartbeat(client: ApiClient, node: NodeFacts): Promise<void> {
  const now = new Date().toISOString();
  await client.strategicMergePatch(pathOf(NODES, "", node.name, "status"), { status: nodeStatus(node, now) });
  const spec = {
    holderIdentity: node.name,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: now.replace("Z", "000Z"),
  };
  try {
    await client.mergePatch(pathOf(LEASES, "kube-node-lease", node.name), { spec });
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    const metadata = { name: node.name, namespace: "kube-node-lease" };
    const lease = { apiVersion: LEASES.apiVersion, kind: "Lease", metadata, spec };
    await ensure(client, pathOf(LEASES, "kube-node-lease"), lease);
  }
}

function nodeStatus({ hostIp, name, port }: NodeFacts, now: string): JsonObject {
  const capacity = { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: "1000" };
  const seconds = `${now.slice(0, 19)}Z`;
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: "InternalIP", address: hostIp },
      { type: "Hostname", address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "kubelet is posting ready status",
        lastHeartbeatTime: seconds,
        lastTransitionTime: seconds,
      },
    ],
    nodeInfo: {
      machineID: "",
      systemUUID: "",
      bootID: "",
      kernelVersion: release(),
      osImage: `processes on ${hostname()}`,
      containerRuntimeVersion: "process://1.0.0",
      kubeletVersion: "v1.35.4+process",
      kubeProxyVersion: "",
      operatingSystem: platform(),
      architecture: goArchitecture(),
    },
  };
}

/** The machine's architecture as Go and so Kubernetes name it. */
function goArchitecture(): string {
  return ({ x64: "amd64", ia32: "386" } as Record<string, string>)[arch()] ?? arch();
}
