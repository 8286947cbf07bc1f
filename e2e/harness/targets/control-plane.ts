import { execFile } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, startProgram, until } from "@upgrade-halt/testing";
import { assetsFolder } from "../../control-plane/programs.ts";
import { apiIsReady, connect } from "../api.ts";
import { Cleanup } from "../cleanup.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
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

export interface Servers {
  /** An administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Kills kube-apiserver (SIGKILL) and starts it on the same port and data; resolves when it is ready again. */
  restartApiServer(): Promise<void>;
}

/** More flags for the servers; they come after the harness's own. */
export interface ServerFlags {
  readonly apiServer?: readonly string[];
  readonly controllerManager?: readonly string[];
}

/** etcd, kube-apiserver and kube-controller-manager alone. */
export async function startServers(cleanup: Cleanup, flags: ServerFlags = {}): Promise<Servers> {
  const assets = assetsFolder();
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-control-plane-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const etcd = await startEtcd(assets, folder, cleanup);
  const servers = await startApiServer(assets, folder, etcd, cleanup, flags.apiServer);
  await startControllerManager(assets, folder, servers.kubeconfig, cleanup, flags.controllerManager);
  return servers;
}

async function startEtcd(assets: string, folder: string, cleanup: Cleanup): Promise<string> {
  const client = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const etcd = await startProgram(
    "etcd",
    join(assets, "etcd"),
    [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    { ready: async () => (await fetch(`${client}/health`)).ok },
  );
  cleanup.add(() => etcd.stop());
  return client;
}

/** Its serving certificate is self-signed by the server itself, which makes that certificate its own authority. */
async function startApiServer(
  assets: string,
  folder: string,
  etcd: string,
  cleanup: Cleanup,
  flags: readonly string[] = [],
): Promise<Servers> {
  const token = randomBytes(24).toString("hex");
  const tokens = join(folder, "tokens.csv");
  await writeFile(tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(signingKey(folder), keys.privateKey.export({ type: "pkcs8", format: "pem" }), {
    mode: 0o600,
  });
  const port = await freePort();
  const certificates = join(folder, "certificates");
  const kubeconfig = join(folder, "admin.kubeconfig");
  const start = () =>
    startProgram(
      "kube-apiserver",
      join(assets, "kube-apiserver"),
      [...apiServerArguments(folder, { etcd, port, tokens, certificates }), ...flags],
      {
        ready: async () => {
          const authority = (await readFile(join(certificates, "apiserver.crt"))).toString("base64");
          await writeKubeconfig(kubeconfig, { server: `https://127.0.0.1:${port}`, authority, token });
          return apiIsReady(kubeconfig);
        },
      },
    );
  let apiServer = await start();
  cleanup.add(() => apiServer.stop());
  return {
    kubeconfig,
    async restartApiServer() {
      apiServer.signal("SIGKILL");
      await apiServer.ended;
      apiServer = await start();
    },
  };
}

function apiServerArguments(
  folder: string,
  {
    etcd,
    port,
    tokens,
    certificates,
  }: Readonly<Record<"etcd" | "tokens" | "certificates", string>> & { readonly port: number },
): string[] {
  return [
    `--etcd-servers=${etcd}`,
    "--bind-address=127.0.0.1",
    // No name of a node can be resolved here, and its hostname is what is tried first.
    "--kubelet-preferred-address-types=InternalIP",
    `--secure-port=${port}`,
    `--cert-dir=${certificates}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--endpoint-reconciler-type=none",
    "--authorization-mode=RBAC",
    `--token-auth-file=${tokens}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${signingKey(folder)}`,
    `--service-account-signing-key-file=${signingKey(folder)}`,
  ];
}

function signingKey(folder: string): string {
  return join(folder, "service-accounts.key");
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
  folder: string,
  kubeconfig: string,
  cleanup: Cleanup,
  flags: readonly string[] = [],
): Promise<void> {
  const manager = await startProgram("kube-controller-manager", join(assets, "kube-controller-manager"), [
    `--kubeconfig=${kubeconfig}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials",
    `--service-account-private-key-file=${signingKey(folder)}`,
    `--root-ca-file=${join(folder, "certificates", "apiserver.crt")}`,
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
