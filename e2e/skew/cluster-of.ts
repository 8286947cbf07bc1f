import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startCluster, targetFromEnvironment } from "../harness/cluster.ts";
import { installController } from "../harness/install.ts";
import { openTestbed, type Testbed } from "../harness/testbed.ts";
import { type Generation, manifestsOf } from "./generations.ts";

/** A cluster of one's own, with the CRDs and rights of a generation, that opens testbeds for several tests. */
export interface ClusterOf {
  inTestbed(play: (testbed: Testbed) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startClusterOf(generation: Generation): Promise<ClusterOf> {
  const cleanup = new Cleanup();
  try {
    const cluster = await startCluster(targetFromEnvironment());
    cleanup.add(() => cluster.stop());
    await installController(connect(cluster.kubeconfig), cleanup, cluster.target, manifestsOf(generation));
    return {
      inTestbed: (play) => playIn(cluster.kubeconfig, play),
      stop: () => cleanup.run(),
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** Plays in a namespace of its own, of which nothing is left. */
export async function playIn(kubeconfig: string, play: (testbed: Testbed) => Promise<void>): Promise<void> {
  const testbed = await openTestbed(connect(kubeconfig));
  try {
    await play(testbed);
  } finally {
    await testbed.cleanup.run();
  }
}
