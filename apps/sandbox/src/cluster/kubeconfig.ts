import { type ClusterAccess, loadClusterAccess, messageOf } from "@upgrade-halt/kube";
import { stringify } from "yaml";
import { SandboxError } from "../sandbox-error.ts";

const NAME = "upgrade-halt-sandbox";

export interface KubeconfigOptions {
  /** A bearer token; without one the kubeconfig is the administrator's. */
  readonly token?: string;
  /** What a client that names no namespace speaks of, `default` unless said. */
  readonly namespace?: string;
}

/** A kubeconfig for a plain HTTP server. @kubernetes/client-node speaks HTTP only where TLS verification is off. */
export function kubeconfigFor(server: string, { token, namespace }: KubeconfigOptions = {}): string {
  const context = { cluster: NAME, user: NAME, ...(namespace === undefined ? {} : { namespace }) };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: NAME, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: NAME, user: token === undefined ? {} : { token } }],
    contexts: [{ name: NAME, context }],
    "current-context": NAME,
  });
}

/** What a kubeconfig says. @throws SandboxError naming the file and what is wrong with it. */
export async function clusterAccessOfFile(file: string): Promise<ClusterAccess> {
  try {
    return await loadClusterAccess(file);
  } catch (cause) {
    throw new SandboxError(messageOf(cause), { cause });
  }
}
