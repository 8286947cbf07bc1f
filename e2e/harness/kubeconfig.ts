import { writeFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node";

export interface Access {
  /** `https://host:port` of the API server. */
  readonly server: string;
  /** PEM of the authority that signed its certificate, base64 once more as a kubeconfig has it. */
  readonly authority?: string;
  /** Bearer token of the user. */
  readonly token?: string;
}

/** Writes a kubeconfig with one cluster, one user and one context, readable by this user alone. */
export async function writeKubeconfig(file: string, { server, authority, token }: Access): Promise<string> {
  const name = "e2e";
  const cluster = {
    server,
    ...(authority && { "certificate-authority-data": authority }),
    // client-node takes a server without TLS for one whose TLS isn't verified, and wants to be told.
    ...(server.startsWith("http:") && { "insecure-skip-tls-verify": true }),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: token ? { token } : {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

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
