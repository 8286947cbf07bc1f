/**
 * Records what a real kubelet says of containers into the consumer's fixtures: `pnpm run record:pods`. Of each pod no more is
 * kept than its phase and what is said of its containers.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { Cleanup } from "../harness/cleanup.ts";
import { startServers } from "../harness/targets/control-plane.ts";
import { livePods } from "./live-pods.ts";
import { startRealNode, whyNoKubelet } from "./node.ts";

const FIXTURES = join(import.meta.dirname, "../../packages/consumer/src/adapters/fixtures/pods.json");

function trimmed({ status = {} }: V1Pod): unknown {
  const { phase, reason, message, containerStatuses, initContainerStatuses } = status;
  return {
    status: {
      phase,
      reason,
      message,
      containerStatuses: containerStatuses?.map(trimmedStatus),
      initContainerStatuses: initContainerStatuses?.map(trimmedStatus),
    },
  };
}

function trimmedStatus(status: V1ContainerStatus): unknown {
  const { name, image, ready, started, restartCount, state, lastState } = status;
  return { name, image, ready, started, restartCount, state, lastState };
}

const reason = whyNoKubelet();
if (reason !== undefined) throw new Error(`no kubelet can run here: ${reason}`);
const cleanup = new Cleanup();
try {
  const { kubeconfig } = await startServers(cleanup);
  const node = await startRealNode(kubeconfig, "real-node", cleanup);
  const pods = await livePods(kubeconfig, node);
  const samples = Object.fromEntries([...pods].map(([title, pod]) => [title, trimmed(pod)]));
  writeFileSync(FIXTURES, `${JSON.stringify(samples, null, 2)}\n`);
} finally {
  await cleanup.run();
}
