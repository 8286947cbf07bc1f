import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type RealApiServer, startProgram, startRealApiServer, until } from "@upgrade-halt/testing";
import { assetsFolder } from "../../control-plane/programs.ts";
import { connect } from "../api.ts";
import { Cleanup } from "../cleanup.ts";
import { startKubelet } from "../kubelet.ts";
import { startScheduler } from "../scheduler.ts";

export interface ControlPlane {
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/**
 * Scenarios bind pods to a node that does not exist, so that nothing runs them. The garbage collector would remove such
 * a pod by force, also one made seconds ago: its 40 seconds of patience count from the first pod that named the node.
 */
export const PHANTOMS_STAY: ServerFlags = {
  controllerManager: ["--controllers=-pod-garbage-collector-controller"],
};

/** Starts a real control plane in a temporary folder, with one node: the process kubelet. */
export async function startControlPlane(): Promise<ControlPlane> {
  const cleanup = new Cleanup();
  try {
    const { kubeconfig } = await startServers(cleanup, PHANTOMS_STAY);
    const kubelet = await startKubelet(kubeconfig, "e2e-node");
    cleanup.add(() => kubelet.stop());
    const scheduler = startScheduler(kubeconfig, { node: "e2e-node" });
    cleanup.add(() => scheduler.stop());
    return { kubeconfig, stop: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** More flags for the servers; they come after the harness's own. */
export interface ServerFlags {
  readonly apiServer?: readonly string[];
  readonly controllerManager?: readonly string[];
}

/** etcd, kube-apiserver and kube-controller-manager alone. */
export async function startServers(cleanup: Cleanup, flags: ServerFlags = {}): Promise<RealApiServer> {
  const assets = assetsFolder();
  const server = await startRealApiServer(assets, flags.apiServer);
  cleanup.add(() => server.stop());
  await startControllerManager(assets, server, cleanup, flags.controllerManager);
  return server;
}

/** From this minor release on the controllers of clouds are gone, and their names are refused. */
const CLOUD_CONTROLLERS_GONE = 37;
const CLOUD_CONTROLLERS = [
  "node-route-controller",
  "service-lb-controller",
  "cloud-node-lifecycle-controller",
];

/** The minor release that a program of Kubernetes says it is of: 35 for v1.35.4. */
async function programVersion(program: string): Promise<number> {
  const { stdout } = await promisify(execFile)(program, ["--version"]);
  const minor = /v1\.(\d+)\./.exec(stdout)?.[1];
  if (minor === undefined) throw new Error(`${program} --version says ${JSON.stringify(stdout)}: no release`);
  return Number(minor);
}

function controllersOff(minor: number): string {
  const clouds = minor < CLOUD_CONTROLLERS_GONE ? CLOUD_CONTROLLERS : [];
  const off = ["node-ipam-controller", ...clouds, "persistentvolume-attach-detach-controller"];
  return off.map((name) => `-${name}`).join(",");
}

/**
 * Every controller that is on by default, but those that need a cloud, a network plan or a node's real life:
 * the process kubelet has neither CIDRs nor attachable disks.
 */
async function startControllerManager(
  assets: string,
  { kubeconfig, signingKey, authority }: RealApiServer,
  cleanup: Cleanup,
  flags: readonly string[] = [],
): Promise<void> {
  const manager = await startProgram("kube-controller-manager", join(assets, "kube-controller-manager"), [
    `--kubeconfig=${kubeconfig}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials",
    `--service-account-private-key-file=${signingKey}`,
    `--root-ca-file=${authority}`,
    `--controllers=*,${controllersOff(await programVersion(join(assets, "kube-controller-manager")))}`,
    "--concurrent-statefulset-syncs=5",
    ...flags,
  ]);
  cleanup.add(() => manager.stop());
  const { core } = connect(kubeconfig);
  await until(
    "kube-controller-manager to make the default ServiceAccount",
    () => core.readNamespacedServiceAccount({ name: "default", namespace: "default" }),
    { explain: () => manager.output().slice(-4000) },
  );
}
