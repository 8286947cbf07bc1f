import { KubeConfig } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { SandboxError } from "../sandbox-error.ts";

const NAME = "upgrade-halt-sandbox";

/**
 * A kubeconfig for a plain HTTP server: the administrator's, or a bearer token's. @kubernetes/client-node speaks HTTP
 * only where TLS verification is off.
 */
export function kubeconfigFor(server: string, token?: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: NAME, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: NAME, user: token === undefined ? {} : { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME } }],
    "current-context": NAME,
  });
}

export function kubeConfigOfText(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}

/** @throws SandboxError naming the file and what is wrong with it. */
export function kubeConfigOfFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SandboxError(`can't read the kubeconfig ${file}: ${why}`, { cause });
  }
  return config;
}
