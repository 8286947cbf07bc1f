import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startCluster, targetFromEnvironment } from "../harness/cluster.ts";
import { installController } from "../harness/install.ts";
import { openWorld, type World } from "../harness/world.ts";
import { type Generation, manifestsOf } from "./generations.ts";

/** A cluster of one's own, with the CRDs and rights of a generation, that opens worlds for several tests. */
export interface ClusterOf {
  inWorld(play: (world: World) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startClusterOf(generation: Generation): Promise<ClusterOf> {
  const cleanup = new Cleanup();
  try {
    const cluster = await startCluster(targetFromEnvironment());
    cleanup.add(() => cluster.stop());
    await installController(connect(cluster.kubeconfig), cleanup, cluster.target, manifestsOf(generation));
    return {
      inWorld: (play) => playIn(cluster.kubeconfig, play),
      stop: () => cleanup.run(),
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** Plays in a namespace of its own, of which nothing is left. */
export async function playIn(kubeconfig: string, play: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(connect(kubeconfig));
  try {
    await play(world);
  } finally {
    await world.cleanup.run();
  }
}
