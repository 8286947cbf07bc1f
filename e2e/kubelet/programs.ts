import { homedir } from "node:os";
import { join } from "node:path";
import { KUBERNETES_VERSION } from "../control-plane/programs.ts";

/** The folder that `build.ts` fills: under `XDG_CACHE_HOME` or `~/.cache`, one per Kubernetes version. */
export function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "kubelet", KUBERNETES_VERSION);
}

/** A kubelet of the control plane's own version. */
export function kubeletPath(): string {
  return join(cacheFolder(), "kubelet");
}

/** The program of `pause/main.go`, linked statically. */
export function pausePath(): string {
  return join(cacheFolder(), "pause");
}
