import { connect } from "../harness/api.ts";
import type { Cleanup } from "../harness/cleanup.ts";
import { startController } from "../harness/controller.ts";
import { allowLogs } from "../harness/controller-rights.ts";
import { installController } from "../harness/install.ts";
import { startScheduler } from "../harness/scheduler.ts";
import { startServers } from "../harness/targets/control-plane.ts";
import { openTestbed, type Testbed } from "../harness/testbed.ts";
import { CHAIN_NODES } from "./chain-images.ts";
import { type RealNode, startRealNode } from "./node.ts";

const NODE = "real-node";
/** What the pods went through is told from the beginning, however many changes that were, and however long it took. */
const ALL_HISTORY = ["--watch-cache=false", "--etcd-compaction-interval=0"];

/** A cluster with one node that has the images of the chains. */
export interface ChainCluster {
  readonly node: RealNode;
  /** A namespace without a controller; with the cluster it ends, too. */
  open(): Promise<Testbed>;
  /** The same with a controller that may read logs. */
  openControlled(): Promise<Testbed>;
}

export async function startChainCluster(cleanup: Cleanup): Promise<ChainCluster> {
  const { kubeconfig } = await startServers(cleanup, { apiServer: ALL_HISTORY });
  const node = await startRealNode(kubeconfig, NODE, cleanup, { images: CHAIN_NODES });
  const scheduler = startScheduler(kubeconfig, { node: NODE, schedulerName: "default-scheduler" });
  cleanup.add(() => scheduler.stop());
  const api = connect(kubeconfig);
  await installController(api, cleanup, "control-plane");
  const open = async () => {
    const testbed = await openTestbed(api);
    cleanup.add(() => testbed.cleanup.run());
    return testbed;
  };
  return {
    node,
    open,
    async openControlled() {
      const testbed = await open();
      await allowLogs(testbed);
      await startController(testbed);
      return testbed;
    },
  };
}
