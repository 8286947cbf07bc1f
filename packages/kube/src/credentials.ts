import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import type { CurrentContext, UserEntry } from "./kubeconfig.ts";

/** What a TLS connection to the API server needs. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** How a kubeconfig's user is known to the API server, asked for anew each time. */
export interface Credentials {
  tls(): Promise<TlsMaterial>;
  /** Names are in lower case. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/** The credentials that a context has written down, or those that a program or a provider gives. */
export function credentialsOf(context: CurrentContext): Credentials {
  const { user } = context;
  return user.exec || user["auth-provider"] ? givenCredentials(context) : writtenCredentials(context);
}

function writtenCredentials({ cluster, user }: CurrentContext): Credentials {
  return {
    tls: async () => ({
      ...named("ca", contentOf(cluster["certificate-authority"], cluster["certificate-authority-data"])),
      ...named("cert", contentOf(user["client-certificate"], user["client-certificate-data"])),
      ...named("key", contentOf(user["client-key"], user["client-key-data"])),
      ...named("servername", cluster["tls-server-name"]),
      ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    }),
    headers: async () => ({
      ...named("impersonate-user", user.as),
      ...named("authorization", authorizationOf(user)),
    }),
  };
}

function authorizationOf({ token, tokenFile, username, password }: UserEntry): string | undefined {
  // It is rewritten while it is in use: a kubelet does so before a token ends.
  const newest = tokenFile ? readFileSync(tokenFile, "utf8").trim() : token;
  if (newest) return `Bearer ${newest}`;
  return username && `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`;
}

/** One of the two: a kubeconfig that has both is refused. */
function contentOf(file: string | undefined, data: string | undefined): Buffer | undefined {
  if (file) return readFileSync(file);
  return data ? Buffer.from(data, "base64") : undefined;
}

function named<K extends string, V>(name: K, value: V | undefined): { readonly [name in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in K]?: V });
}

/** What client-node gets from a program or a provider. It is loaded for that alone: its models take 87 MiB and 0.6 s of CPU. */
function givenCredentials({ cluster, user }: CurrentContext): Credentials {
  const config = import("@kubernetes/client-node").then(({ KubeConfig }) => {
    const loaded = new KubeConfig();
    // client-node refuses plain http unless TLS verification is off; a plain server has none to verify.
    const plain = cluster.server.startsWith("http:") ? { "insecure-skip-tls-verify": true } : {};
    const context = { cluster: "it", user: "it" };
    loaded.loadFromString(
      JSON.stringify({
        "current-context": "it",
        contexts: [{ name: "it", context }],
        clusters: [{ name: "it", cluster: { ...cluster, ...plain } }],
        users: [{ name: "it", user }],
      }),
    );
    return loaded;
  });
  config.catch(() => {});
  const options = async (): Promise<RequestOptions> => {
    const filled: RequestOptions = {};
    await (await config).applyToHTTPSOptions(filled);
    return filled;
  };
  return { tls: async () => tlsOf(await options()), headers: async () => headersOf(await options()) };
}

function tlsOf({ ca, cert, key, rejectUnauthorized, ...rest }: RequestOptions): TlsMaterial {
  return {
    ...named("ca", bytesOf(ca)),
    ...named("cert", bytesOf(cert)),
    ...named("key", bytesOf(key)),
    ...named("rejectUnauthorized", rejectUnauthorized),
    ...named("servername", typeof rest.servername === "string" ? rest.servername : undefined),
  };
}

/** A program gives certificates as text, a file as bytes. */
function bytesOf(pem: unknown): Buffer | undefined {
  if (typeof pem === "string") return Buffer.from(pem);
  return Buffer.isBuffer(pem) ? pem : undefined;
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) out[name.toLowerCase()] = String(value);
  }
  if (typeof auth === "string") out.authorization = `Basic ${Buffer.from(auth).toString("base64")}`;
  return out;
}
