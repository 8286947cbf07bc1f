import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterAccessOf } from "@upgrade-halt/kube";
import { type ApiClient, connect } from "../client/api-client.ts";
import { type ClusterOptions, startCluster } from "../cluster/cluster.ts";
import { kubeconfigFor } from "../cluster/kubeconfig.ts";
import type { NewEvent } from "../events/cluster-event.ts";
import { Lifeline } from "../process/lifeline.ts";
import { Cleanups } from "./cleanups.ts";
import { controllerPackage } from "./controller-process.ts";
import { Applier, folderBeside, readKustomization } from "./manifests.ts";

/**
 * Kinds of the controller's manifests that have no use here: it runs as a process and not in a pod, and the embedded API
 * server asks no admission policy.
 */
const NOT_HERE = new Set([
  "Deployment",
  "PodDisruptionBudget",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
]);
/** Where a kubeconfig points that names no other namespace. */
export const NAMESPACE = "sei";

/** A running cluster that has the controller's manifests. */
export interface Base {
  readonly client: ApiClient;
  readonly applier: Applier;
  readonly server: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** A folder for files, removed at the end. */
  readonly folder: string;
  /** Ends processes should this one be killed. */
  readonly lifeline: Lifeline;
  /** Ends every process that was started and removes every file. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** Starts a cluster and applies the controller's manifests. What was started is stopped on failure. */
export async function startBase(
  tell: (event: NewEvent) => void,
  options: ClusterOptions = {},
): Promise<Base> {
  const cleanups = new Cleanups();
  try {
    const cluster = await startCluster(options);
    cleanups.add(() => cluster.stop());
    const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-demo-"));
    const lifeline = new Lifeline([folder]);
    cleanups.add(() => lifeline.stop());
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, kubeconfigFor(cluster.server, { namespace: NAMESPACE }), { mode: 0o600 });
    tell({ kind: "cluster-ready", server: cluster.server, kubeconfig });
    const client = await connect(await clusterAccessOf(cluster.kubeconfig), {
      userAgent: "upgrade-halt-demo",
    });
    cleanups.add(() => client.close());
    const applier = new Applier(client);
    const deploy = await readKustomization(folderBeside(controllerPackage(), "deploy"));
    const objects = deploy.filter(({ kind }) => !NOT_HERE.has(kind));
    await applier.apply(objects);
    tell({ kind: "applied", what: "mini-controller/deploy", objects: objects.length });
    const { server } = cluster;
    return { client, applier, server, kubeconfig, folder, lifeline, stop: () => cleanups.run() };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}
