import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The releases that are supported, the newest first, which is the default: each has a Go module of its name under `kubernetes/`. */
export const KUBERNETES_VERSIONS = ["v1.37.2", "v1.36.3", "v1.35.4"] as const;

export type KubernetesVersion = (typeof KUBERNETES_VERSIONS)[number];

/**
 * The release that `E2E_KUBERNETES` names, such as `1.35.4`. It names the Go module, the cache folder and the servers' own version.
 *
 * @throws Error that lists the releases, when the variable names another.
 */
export function kubernetesVersion(environment: NodeJS.ProcessEnv = process.env): KubernetesVersion {
  const asked = environment.E2E_KUBERNETES || KUBERNETES_VERSIONS[0];
  const found = KUBERNETES_VERSIONS.find((one) => one === asked || one === `v${asked}`);
  if (found) return found;
  throw new Error(
    `E2E_KUBERNETES is ${JSON.stringify(asked)}: set it to one of ${KUBERNETES_VERSIONS.join(", ")}`,
  );
}

export const KUBERNETES_VERSION: KubernetesVersion = kubernetesVersion();

/** A control plane and the client that installs onto it: what is built, from which module beside this file and package. */
export const PROGRAMS = [
  { name: "etcd", module: "etcd", package: "." },
  {
    name: "kube-apiserver",
    module: `kubernetes/${KUBERNETES_VERSION}`,
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
  },
  {
    name: "kube-controller-manager",
    module: `kubernetes/${KUBERNETES_VERSION}`,
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
  },
  { name: "kubectl", module: `kubernetes/${KUBERNETES_VERSION}`, package: "k8s.io/kubernetes/cmd/kubectl" },
] as const;

/** The folder that a build fills: under `XDG_CACHE_HOME` or `~/.cache`, one per Kubernetes version. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "control-plane", KUBERNETES_VERSION);
}

/**
 * The folder that holds the programs: `KUBEBUILDER_ASSETS` where it is set (the variable of controller-runtime's
 * envtest, so its downloads fit too), otherwise the cache folder.
 *
 * @throws Error that says how to build them, when one of the programs is missing.
 */
export function assetsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment.KUBEBUILDER_ASSETS || cacheFolder(environment);
  const missing = PROGRAMS.filter(({ name }) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new Error(
      `${folder} has no ${missing.map(({ name }) => name).join(", ")}: ` +
        "run `node e2e/control-plane/build.ts`, or set KUBEBUILDER_ASSETS to a folder that has them",
    );
  }
  return folder;
}
