import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A cluster, in the words of a kubeconfig. */
export interface ClusterEntry {
  readonly server: string;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "tls-server-name"?: string;
  readonly "proxy-url"?: string;
}

/** A user, in the words of a kubeconfig. */
export interface UserEntry {
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  /** A program that is asked for credentials. */
  readonly exec?: object | null;
  readonly "auth-provider"?: object | null;
}

/** What the current context of a kubeconfig leads to. Paths are absolute. */
export interface CurrentContext {
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  readonly namespace: string | undefined;
}

interface Named {
  readonly name?: string;
}

/** A kubeconfig as it is written, with what any part of it may lack. */
interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly (Named & { readonly context?: ContextEntry })[] | null;
  readonly clusters?: readonly (Named & { readonly cluster?: Partial<ClusterEntry> })[] | null;
  readonly users?: readonly (Named & { readonly user?: UserEntry | null })[] | null;
}

interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/**
 * The current context of these files as kubectl merges them: of what several name the first one's is taken. `undefined` when it
 * leads to no cluster.
 *
 * @throws {Error} when a file can't be read, is no YAML, or has a certificate both as a file and as data.
 */
export async function currentContextOf(files: readonly string[]): Promise<CurrentContext | undefined> {
  const readOne = async (file: string) => withPaths(await read(readFileSync(file, "utf8")), dirname(file));
  return contextIn(await Promise.all(files.map(readOne)));
}

/** The same of the text of one, whose paths are relative to the working directory. */
export async function currentContextIn(text: string): Promise<CurrentContext | undefined> {
  return contextIn([withPaths(await read(text), "")]);
}

async function read(text: string): Promise<Kubeconfig> {
  const value = await parsed(text);
  return typeof value === "object" && value !== null ? value : {};
}

/** The YAML library is loaded for what is no JSON: in a pod there is no kubeconfig at all. */
async function parsed(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    const { parse } = await import("yaml");
    return parse(text);
  }
}

function contextIn(configs: readonly Kubeconfig[]): CurrentContext | undefined {
  const current = configs.map((config) => config["current-context"]).find((name) => name);
  const context = find(configs, "contexts", current)?.context;
  const cluster = find(configs, "clusters", context?.cluster)?.cluster;
  if (typeof cluster?.server !== "string") return undefined;
  const user = find(configs, "users", context?.user)?.user ?? {};
  checkNoneTwice(cluster);
  checkNoneTwice(user);
  return { cluster: { ...cluster, server: cluster.server }, user, namespace: context?.namespace };
}

/** kubectl refuses what says one thing in two ways (client-go 0.35.4), and which of the two a client would take is its own choice. */
function checkNoneTwice(entry: object): void {
  const written = new Map(Object.entries(entry).filter(([, value]) => Boolean(value)));
  const twice = PATHS.find((name) => written.has(name) && written.has(`${name}-data`));
  if (twice !== undefined) throw new Error(`it has both ${twice} and ${twice}-data: remove one of them`);
}

function find<K extends "contexts" | "clusters" | "users">(
  configs: readonly Kubeconfig[],
  list: K,
  name: string | undefined,
): NonNullable<Kubeconfig[K]>[number] | undefined {
  const all: readonly Named[] = configs.flatMap((config) => config[list] ?? []);
  return name === undefined ? undefined : all.find((entry) => entry.name === name);
}

const PATHS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** Paths in a kubeconfig are relative to its own folder. */
function withPaths(config: Kubeconfig, folder: string): Kubeconfig {
  const absolute = <T extends object>(entry: T): T =>
    Object.fromEntries(
      Object.entries(entry).map(([name, value]) => [
        name,
        PATHS.includes(name) && value ? resolve(folder, value) : value,
      ]),
    ) as T;
  return {
    ...config,
    clusters: config.clusters?.map((one) => ({ ...one, cluster: absolute(one.cluster ?? {}) })) ?? [],
    users: config.users?.map((one) => ({ ...one, user: absolute(one.user ?? {}) })) ?? [],
  };
}
