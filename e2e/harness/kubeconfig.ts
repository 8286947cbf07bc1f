import { KubeConfig } from "@kubernetes/client-node";
import { writeKubeconfig } from "@upgrade-halt/testing";

/** Reads a kubeconfig and its current context. */
export function loadKubeconfig(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}

/** Writes a kubeconfig for the same cluster (reached at `server`, if given), with `token` instead of its user. */
export async function kubeconfigWithToken(
  file: string,
  config: KubeConfig,
  token: string,
  server?: string,
): Promise<string> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error("the kubeconfig has no current cluster");
  return writeKubeconfig(file, {
    server: server ?? cluster.server,
    ...(cluster.caData && { authority: cluster.caData }),
    token,
  });
}
