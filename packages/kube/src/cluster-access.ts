import { existsSync, readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { messageOf } from "./coded-error.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";
import { KubeError } from "./kube-error.ts";
import { type CurrentContext, currentContextIn, currentContextOf } from "./kubeconfig.ts";

/** What a connection to the API server needs; headers are fetched anew when they have aged. */
export interface ClusterAccess extends Credentials {
  /** Base URL without a trailing slash. */
  readonly server: string;
  readonly proxyUrl: string | undefined;
  /** Namespace of the current context or of the pod that the controller runs in. */
  readonly namespace: string | undefined;
}

/**
 * Reads the kubeconfig `file`, or what kubectl would take: `$KUBECONFIG`, `~/.kube/config`, the pod's
 * ServiceAccount.
 *
 * @throws {KubeError} `bad-kubeconfig` when the file can't be read or names no cluster.
 */
export function loadClusterAccess(file: string | undefined): Promise<ClusterAccess> {
  const where = file === undefined ? "the default kubeconfig" : `kubeconfig ${file}`;
  return accessOf(where, async () => {
    if (file === undefined) return defaultContext();
    if (!existsSync(file)) throw new Error("no such file");
    return await currentContextOf([file]);
  });
}

/**
 * Reads the text of a kubeconfig.
 *
 * @throws {KubeError} `bad-kubeconfig` when it names no cluster.
 */
export function clusterAccessOf(text: string): Promise<ClusterAccess> {
  return accessOf("the kubeconfig", () => currentContextIn(text));
}

async function accessOf(
  where: string,
  read: () => Promise<CurrentContext | undefined>,
): Promise<ClusterAccess> {
  const context = await readable(where, read);
  if (context === undefined)
    throw new KubeError("bad-kubeconfig", `${where} names no cluster: set its current-context`);
  const { cluster, namespace } = context;
  return {
    server: cluster.server.replace(/\/+$/, ""),
    proxyUrl: cluster["proxy-url"],
    namespace,
    ...credentialsOf(context),
  };
}

async function readable<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new KubeError("bad-kubeconfig", `${where} can't be read: ${messageOf(cause)}`, { cause });
  }
}

/** What kubectl asks where there is nothing else. */
const NOWHERE: CurrentContext = {
  cluster: { server: "http://localhost:8080" },
  user: {},
  namespace: undefined,
};

async function defaultContext(): Promise<CurrentContext | undefined> {
  const listed = (process.env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  if (listed.length > 0) return await currentContextOf(listed);
  const own = join(homedir(), ".kube", "config");
  if (existsSync(own)) return await currentContextOf([own]);
  return existsSync(join(SERVICE_ACCOUNT, "token")) ? contextOfPod(SERVICE_ACCOUNT, process.env) : NOWHERE;
}

/** Where a kubelet puts the files of a pod's ServiceAccount. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The cluster of the pod that this runs in, as the kubelet tells it (`rest.InClusterConfig` of client-go). */
export function contextOfPod(folder: string, environment: NodeJS.ProcessEnv): CurrentContext {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = environment;
  const namespace = join(folder, "namespace");
  return {
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      "certificate-authority": join(folder, "ca.crt"),
    },
    user: { tokenFile: join(folder, "token") },
    namespace: existsSync(namespace) ? readFileSync(namespace, "utf8").trim() : undefined,
  };
}
