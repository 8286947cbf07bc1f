import { randomBytes } from "node:crypto";
import { connect } from "../api.ts";
import { Cleanup } from "../cleanup.ts";
import { SCHEDULER } from "../fixtures/mock-nodes.ts";
import { startKubelet } from "../kubelet.ts";
import { startScheduler } from "../scheduler.ts";

/**
 * Joins a process kubelet on this machine to the cluster that `KUBECONFIG` names, which must be one to experiment on.
 * The scenarios' pods name a scheduler of their own, so the cluster's leaves them to the scheduler here.
 */
export async function joinCluster(): Promise<{ kubeconfig: string; stop(): Promise<void> }> {
  const kubeconfig = process.env.KUBECONFIG;
  if (!kubeconfig) throw new Error("E2E_TARGET is kubeconfig: set KUBECONFIG to the cluster's kubeconfig");
  const node = `e2e-${randomBytes(4).toString("hex")}`;
  const cleanup = new Cleanup();
  try {
    const kubelet = await startKubelet(kubeconfig, node);
    cleanup.add(() => connect(kubeconfig).core.deleteNode({ name: node }));
    cleanup.add(() => kubelet.stop());
    const scheduler = startScheduler(kubeconfig, { node, schedulerName: SCHEDULER });
    cleanup.add(() => scheduler.stop());
    return { kubeconfig, stop: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
