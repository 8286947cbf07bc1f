import { writeFile } from "node:fs/promises";

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
