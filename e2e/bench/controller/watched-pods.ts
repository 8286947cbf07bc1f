import { CONTAINER, imageOf, NODE_LABELS, RPC_PORT } from "../../harness/fixtures/mock-nodes.ts";
import type { Write } from "./bare-client.ts";

const DIGEST = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0bda2ca8bd4b2e2c0a1b3d";

/** A pod with what a chain node's has: two containers, probes, resources, volumes, environment and annotations. */
export function createWatchedPod(namespace: string, index: number, rpcPort: number): Write {
  const name = `sei-${index}-0`;
  return {
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/pods`,
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        labels: {
          ...NODE_LABELS,
          "apps.kubernetes.io/pod-index": "0",
          "controller-revision-hash": `sei-${index}-7c9f8d6b5`,
          "sei.io/chain": "pacific-1",
          "sei.io/node": `sei-${index}`,
          "sei.io/role": "validator",
          "statefulset.kubernetes.io/pod-name": name,
        },
        annotations: {
          "prometheus.io/scrape": "true",
          "prometheus.io/port": "26660",
          "sei.io/config-hash": DIGEST,
        },
      },
      spec: {
        nodeName: "phantom",
        terminationGracePeriodSeconds: 0,
        containers: [nodeContainer(rpcPort), sidecar()],
        volumes: [
          { name: "data", persistentVolumeClaim: { claimName: `data-${name}` } },
          { name: "config", configMap: { name: `sei-${index}-config` } },
          { name: "keys", secret: { secretName: `sei-${index}-keys` } },
        ],
      },
    },
  };
}

function nodeContainer(rpcPort: number) {
  const ports = {
    "evm-rpc": 8545,
    "evm-ws": 8546,
    grpc: 9090,
    rest: 1317,
    p2p: 26656,
    [RPC_PORT]: rpcPort,
    metrics: 26660,
  };
  return {
    name: CONTAINER,
    image: imageOf("v6.6"),
    command: ["/bin/sh", "-c", "exec seid start --home /sei --chain-id pacific-1"],
    ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    env: ["MONIKER", "SEED_NODES", "STATE_SYNC", "SNAPSHOT_URL", "LOG_LEVEL"].map((name) => ({
      name,
      value: `${name}-value`,
    })),
    resources: { requests: { cpu: "8", memory: "64Gi" }, limits: { memory: "128Gi" } },
    readinessProbe: { httpGet: { path: "/lag_status", port: RPC_PORT }, periodSeconds: 10 },
    volumeMounts: [
      { name: "data", mountPath: "/sei" },
      { name: "config", mountPath: "/etc/sei" },
      { name: "keys", mountPath: "/keys", readOnly: true },
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

function sidecar() {
  return {
    name: "exporter",
    image: `ghcr.io/example/exporter@${DIGEST}`,
    args: ["--target", "http://127.0.0.1:26657"],
    ports: [{ name: "http", containerPort: 9200 }],
    resources: { requests: { cpu: "100m", memory: "64Mi" } },
  };
}

/** Reports it as running, as a kubelet does. */
export function reportWatchedPod(namespace: string, index: number): Write {
  const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  // Each has an address of this machine, where something answers as that node.
  const podIP = `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  const conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];
  const status = (name: string, image: string) => ({
    name,
    image,
    imageID: `${image.split("@")[0]}@${DIGEST}`,
    containerID: `containerd://${DIGEST.slice(7)}`,
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: at } },
  });
  return {
    method: "PATCH",
    path: `/api/v1/namespaces/${namespace}/pods/sei-${index}-0/status`,
    contentType: "application/strategic-merge-patch+json",
    body: {
      status: {
        phase: "Running",
        hostIP: "10.128.0.7",
        podIP,
        podIPs: [{ ip: podIP }],
        qosClass: "Burstable",
        startTime: at,
        conditions: conditions.map((type) => ({ type, status: "True", lastTransitionTime: at })),
        containerStatuses: [
          status(CONTAINER, imageOf("v6.6")),
          status("exporter", "ghcr.io/example/exporter"),
        ],
      },
    },
  };
}
