import type { V1ContainerStatus } from "@kubernetes/client-node";
import type { Validator } from "../chains/validator.ts";
import { containerOf } from "../harness/observe.ts";
import type { Testbed } from "../harness/testbed.ts";
import type { RealNode } from "./node.ts";
import { untilSeen } from "./until-seen.ts";

/** Ends a validator's node by SIGSEGV; resolves once it is started again. */
export async function crash(node: RealNode, testbed: Testbed, validator: Validator): Promise<void> {
  const { restartCount } = await kill(node, testbed, validator, "SIGSEGV");
  const { name } = validator;
  await untilSeen(testbed, `${name} to be started again`, async () => {
    const now = await containerOf(testbed, name);
    return now.restartCount === restartCount + 1 && now.state?.running !== undefined;
  });
}

/** Sends a signal to a validator's node itself, in a container that was as this says. */
export async function kill(
  node: RealNode,
  testbed: Testbed,
  { name }: Validator,
  signal: NodeJS.Signals,
): Promise<V1ContainerStatus> {
  const container = await containerOf(testbed, name);
  const id = container.containerID?.replace("containerd://", "");
  await node.sh(`for pid in $(ctr -n k8s.io tasks ps ${id} | awk 'NR > 1 { print $1 }'); do
    ! grep -qx seid /proc/$pid/comm || kill -s ${signal.replace("SIG", "")} $pid
  done`);
  return container;
}
