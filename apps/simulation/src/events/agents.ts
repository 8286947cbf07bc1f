import { type Cluster, NAMESPACE } from "../cluster/cluster.ts";
import type { Simulation } from "../episode/simulation.ts";
import { PATHS, type Pod, pathOf } from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

/** What looks after a machine writes its widest folders, or single files in them. */
const FOLDERS = [
  { path: "/var" },
  { path: "/" },
  { path: "/var/keys", type: "File" },
  { path: "/run/agent.sock", type: "FileOrCreate" },
] as const;

/** Pods that look after a machine, on its network: nothing about them says that they are nodes. */
export const AGENT_EVENTS = {
  "agent-on-machine": [
    2,
    ({ cluster, chain }: Simulation, dice: Dice) => {
      const neighbour = pick(cluster.pods(), dice[0]);
      if (neighbour === undefined) return;
      cluster.validators.ofPod(neighbour.metadata.name, chain).staysAlive = true;
      const namespace = dice[1] < 0.6 ? NAMESPACE : "agents";
      const name = `agent-${Math.floor(dice[1] * 1000)}`;
      cluster.validators.ofPod(name, chain).serves = "web-page";
      runAgent(cluster, neighbour, { name, namespace }, dice);
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

function runAgent(
  { server }: Cluster,
  { spec, status }: Pod,
  metadata: Pick<Pod["metadata"], "name" | "namespace">,
  [, , how]: Dice,
): void {
  if (server.find(PATHS.pods, metadata.namespace, metadata.name) !== undefined) return;
  const ports = how < 0.5 ? [] : [{ name: "metrics", containerPort: 9100 }];
  const state = { running: { startedAt: "2026-01-01T00:00:00Z" } };
  const image = "registry.example/agent@sha256:2";
  server.create("operator", pathOf(PATHS.pods, metadata.namespace), {
    metadata: { name: metadata.name, labels: { app: "agent" } },
    spec: {
      nodeName: spec.nodeName,
      hostNetwork: true,
      containers: [{ name: "agent", image, ports, volumeMounts: [{ name: "machine" }] }],
      volumes: [{ name: "machine", hostPath: pick(FOLDERS, (how * 3) % 1) }],
    },
    status: {
      phase: "Running",
      ...(status.podIP !== undefined && { podIP: status.podIP }),
      containerStatuses: [
        { name: "agent", image, imageID: image, restartCount: 0, ready: true, state, lastState: {} },
      ],
    },
  });
}
