import { existsSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { messageOf } from "./coded-error.ts";
import { KubeError } from "./kube-error.ts";

/** What a connection to the API server needs; headers are fetched anew when they have aged. */
export interface ClusterAccess {
  /** Base URL without a trailing slash. */
  readonly server: string;
  readonly proxyUrl: string | undefined;
  /** Namespace of the current context or of the pod that the controller runs in. */
  readonly namespace: string | undefined;
  tls(): Promise<TlsMaterial>;
  headers(): Promise<Readonly<Record<string, string>>>;
}

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * Reads the kubeconfig `file`, or what kubectl would take: `$KUBECONFIG`, `~/.kube/config`, the pod's
 * ServiceAccount.
 *
 * @throws {KubeError} `bad-kubeconfig` when the file can't be read or names no cluster.
 */
export function loadClusterAccess(file: string | undefined): ClusterAccess {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else if (!existsSync(file)) throw new Error("no such file");
    else config.loadFromFile(file);
  } catch (cause) {
    const where = file === undefined ? "the default kubeconfig" : `kubeconfig ${file}`;
    throw new KubeError("bad-kubeconfig", `${where} can't be read: ${messageOf(cause)}`, { cause });
  }
  return accessOf(config, file);
}

/**
 * Reads the text of a kubeconfig.
 *
 * @throws {KubeError} `bad-kubeconfig` when it names no cluster.
 */
export function clusterAccessOf(text: string): ClusterAccess {
  const config = new KubeConfig();
  config.loadFromString(text);
  return accessOf(config, undefined);
}

function accessOf(config: KubeConfig, file: string | undefined): ClusterAccess {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const where = file ?? "the default kubeconfig";
    throw new KubeError("bad-kubeconfig", `${where} names no cluster: set its current-context`);
  }
  return {
    server: cluster.server.replace(/\/+$/, ""),
    proxyUrl: cluster.proxyUrl,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    tls: async () => tlsOf(await httpsOptions(config)),
    headers: async () => headersOf(await httpsOptions(config)),
  };
}

/** client-node refuses plain http unless TLS verification is off; a plain server has none to verify. */
async function httpsOptions(config: KubeConfig): Promise<RequestOptions> {
  const cluster = config.getCurrentCluster();
  const options: RequestOptions = {};
  if (cluster?.server.startsWith("http:") && !cluster.skipTLSVerify) {
    config.clusters = config.clusters.map((known) =>
      known.name === cluster.name ? { ...known, skipTLSVerify: true } : known,
    );
  }
  await config.applyToHTTPSOptions(options);
  return options;
}

function tlsOf({ ca, cert, key, rejectUnauthorized, ...rest }: RequestOptions): TlsMaterial {
  return {
    ...(Buffer.isBuffer(ca) ? { ca } : {}),
    ...(Buffer.isBuffer(cert) ? { cert } : {}),
    ...(Buffer.isBuffer(key) ? { key } : {}),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(typeof rest.servername === "string" ? { servername: rest.servername } : {}),
  };
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) out[name.toLowerCase()] = String(value);
  }
  if (typeof auth === "string") out.authorization = `Basic ${Buffer.from(auth).toString("base64")}`;
  return out;
}
