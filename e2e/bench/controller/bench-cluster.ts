import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Api, connect } from "../../harness/api.ts";
import { Cleanup } from "../../harness/cleanup.ts";
import type { Cluster } from "../../harness/cluster.ts";
import { installController } from "../../harness/install.ts";
import { accessOf, BareClient } from "./bare-client.ts";

/** Requests that the benchmark itself has under way at a time. */
export const WIDTH = 32;

/** Where a part of the benchmark has its files, and how it is stopped. */
export type Place = Pick<BenchCluster, "folder" | "cleanup" | "signal" | "progress">;

/** A cluster with the controller's manifests in it, and what a part of the benchmark needs besides. */
export interface BenchCluster {
  readonly api: Api;
  /** As an administrator, over kept-alive connections. */
  readonly client: BareClient;
  /** For files; removed at the end. */
  readonly folder: string;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  /** Says how far it is. */
  readonly progress: (text: string) => void;
}

/** Prepares the cluster of a kubeconfig: with this tree's manifests, or those of a folder. */
export async function openBenchCluster(
  { kubeconfig, target }: Pick<Cluster, "kubeconfig" | "target">,
  { folder, cleanup, signal, progress }: Place,
  manifests?: string,
): Promise<BenchCluster> {
  const api = connect(kubeconfig);
  await installController(api, new Cleanup(), target, manifests);
  const client = new BareClient(accessOf(api.config), WIDTH);
  cleanup.add(() => client.close());
  const own = await mkdtemp(join(folder, "cluster-"));
  cleanup.add(() => rm(own, { recursive: true, force: true }));
  return { api, client, folder: own, cleanup, signal, progress };
}

/** Makes a namespace, and resolves when pods can be made in it: they need its ServiceAccount. */
export async function createNamespace({ client, signal }: BenchCluster, name: string): Promise<void> {
  await client.send({
    method: "POST",
    path: "/api/v1/namespaces",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
  });
  const accounts = `/api/v1/namespaces/${name}/serviceaccounts`;
  type Account = { metadata: { name: string; resourceVersion: string } };
  for await (const { object } of client.watch<Account>(accounts, signal)) {
    if (object.metadata.name === "default") return;
  }
}
