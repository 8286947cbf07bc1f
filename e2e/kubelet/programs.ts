import { homedir } from "node:os";
import { join } from "node:path";
import type { KubernetesVersion } from "../control-plane/programs.ts";

/** The kubelet's release, whatever the control plane's is: newer kubelets refuse Debian's containerd 1.6. */
export const KUBELET_VERSION: KubernetesVersion = "v1.35.4";

/** The folder that `build.ts` fills: under `XDG_CACHE_HOME` or `~/.cache`, one per Kubernetes version. */
export function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "kubelet", KUBELET_VERSION);
}

export function kubeletPath(): string {
  return join(cacheFolder(), "kubelet");
}

/** The program of `pause/main.go`, linked statically. */
export function pausePath(): string {
  return join(cacheFolder(), "pause");
}

/** `upgrade-halt` as one file: of this checkout, so not in the cache. */
export function oneFilePath(): string {
  return join(import.meta.dirname, "../test-results/one-file/upgrade-halt");
}
