import { homedir } from "node:os";
import { join } from "node:path";

/** The releases of Helm that the chart is installed by, each as the Go module of its folder pins it; the version names the cache folder. */
export const HELMS = {
  v4: { module: "helm", version: "v4.3.1", stamps: { "internal/version.version": "v4.3.1" } },
  v3: {
    module: "helm3",
    version: "v3.22.0",
    stamps: {
      "internal/version.version": "v3.22.0",
      // The Kubernetes that it renders for, and lints against, where it asks no cluster: that of its client.
      "pkg/chartutil.k8sVersionMajor": "1",
      "pkg/chartutil.k8sVersionMinor": "37",
      "pkg/lint/rules.k8sVersionMajor": "1",
      "pkg/lint/rules.k8sVersionMinor": "37",
    },
  },
} as const;
export type Helm = keyof typeof HELMS;

export function linkerFlags(helm: Helm): string {
  const stamps = Object.entries(HELMS[helm].stamps);
  return ["-s -w", ...stamps.map(([name, value]) => `-X helm.sh/helm/${helm}/${name}=${value}`)].join(" ");
}

/** Where the build puts Helm: under `XDG_CACHE_HOME` or `~/.cache`, one folder per version. */
export function helmPath(helm: Helm): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "helm", HELMS[helm].version, "helm");
}
