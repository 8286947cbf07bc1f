import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterAccessOf } from "@upgrade-halt/kube";
import { ApiServer } from "../api/http/api-server.ts";
import { connect } from "../client/api-client.ts";
import { Kubelet } from "../kubelet/kubelet.ts";
import type { ContainerEndListener } from "../kubelet/pod-worker.ts";
import type { BackOff } from "../kubelet/restart-policy.ts";
import { Lifeline } from "../process/lifeline.ts";
import { startWorkloads } from "../workloads/controller-manager.ts";
import { kubeconfigFor } from "./kubeconfig.ts";

export interface ClusterOptions {
  /** Port of the API server; a free one by default. */
  readonly port?: number;
  readonly backOff?: BackOff;
  readonly historyLimit?: number;
  /** Schedulers whose pods are bound, beside `default-scheduler`; pods that name another wait for theirs. */
  readonly schedulers?: readonly string[];
  /** Told of the end of containers' processes, for measurements. */
  readonly onContainerEnd?: ContainerEndListener;
}

/** A running embedded cluster. */
export interface Cluster {
  readonly server: string;
  /** YAML that lets kubectl and controllers in. */
  readonly kubeconfig: string;
  /** Ends every process of every pod, then the server, and removes the cluster's files. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

const NODE_NAME = "sandbox";

/** Starts API server, workload loops and kubelet; when one can't start, the others are stopped again. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const api = new ApiServer(options);
  const server = await api.start();
  const homeDir = await mkdtemp(join(tmpdir(), "upgrade-halt-sandbox-"));
  const lifeline = new Lifeline([homeDir]);
  const kubeconfig = kubeconfigFor(server);
  const client = await connect(await clusterAccessOf(kubeconfig), { userAgent: "upgrade-halt-sandbox" });
  const loops = new AbortController();
  const kubelet = new Kubelet({ client, nodeName: NODE_NAME, homeDir, lifeline, ...options });
  let stopped: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    loops.abort();
    await kubelet.stop();
    await client.close();
    await api.stop();
    await lifeline.stop();
  };
  const stop = (): Promise<void> => {
    stopped ??= stopAll();
    return stopped;
  };
  try {
    await Promise.all([startWorkloads(client, loops.signal, options.schedulers), kubelet.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, kubeconfig, stop };
}
