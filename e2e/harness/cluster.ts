import { startControlPlane } from "./targets/control-plane.ts";
import { startEmbedded } from "./targets/embedded.ts";
import { joinCluster } from "./targets/kubeconfig.ts";

/** A cluster with a node that runs the sandbox's images. */
export interface Cluster {
  readonly target: Target;
  /** Path of a kubeconfig with an administrator's rights. */
  readonly kubeconfig: string;
  /** Leaves no process, port or folder of its own behind. */
  stop(): Promise<void>;
}

const TARGETS = {
  /** The sandbox's own API server, workload loops and kubelet. */
  embedded: startEmbedded,
  /** etcd, kube-apiserver and kube-controller-manager from `KUBEBUILDER_ASSETS`, served by the process kubelet. */
  "control-plane": startControlPlane,
  /** The cluster that `KUBECONFIG` names, joined by a process kubelet on this machine. */
  kubeconfig: joinCluster,
} as const;

export type Target = keyof typeof TARGETS;

/** The target that `E2E_TARGET` names, `embedded` where it is unset. */
export function targetFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Target {
  const name = environment.E2E_TARGET || "embedded";
  if (!Object.hasOwn(TARGETS, name)) {
    throw new Error(`E2E_TARGET is ${name}; it may be ${Object.keys(TARGETS).join(", ")}`);
  }
  return name as Target;
}

/** Starts (or joins) the target; resolves when its API answers and its node is ready for pods. */
export async function startCluster(target: Target): Promise<Cluster> {
  return { target, ...(await TARGETS[target]()) };
}
