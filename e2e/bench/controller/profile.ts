import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startControllerWith } from "../../harness/controller.ts";
import { type CpuProfile, callTree } from "../profile/cpu-profile.ts";
import { type Cost, dearest } from "../profile/dearest.ts";
import { flameGraph } from "../profile/flame-graph.ts";
import { INSPECTED, profileDuring } from "../profile/inspector.ts";
import { placesBelow } from "../profile/source-place.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { withBlock } from "./block-of-halts.ts";
import { createPolicy, untilRecovered, untilSeenAtHeight } from "./policy.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Not of the repository, and not removed at the end. */
const FOLDER = join(ROOT, "e2e/test-results");
const DEAREST = 5;

/** A profile of the controller's process from the first halt of a block until the last is proven. */
interface BlockProfile {
  readonly nodes: number;
  readonly profile: CpuProfile;
}

export async function profileBlock(cluster: BenchCluster, nodes: number): Promise<BlockProfile> {
  const namespace = "bench-profile";
  const profile = await withBlock(cluster, namespace, nodes, async (block) => {
    await createPolicy(cluster, namespace);
    const controller = await startControllerWith({ ...cluster, namespace }, { env: INSPECTED });
    await untilSeenAtHeight(cluster, namespace, nodes);
    const taken = await profileDuring(controller, async () => {
      await block.halt();
      await block.replaced();
      await untilRecovered(cluster, namespace, nodes);
    });
    await controller.stop();
    return taken;
  });
  return { nodes, profile };
}

/** Writes the profile and its flame graph, and returns where they lie and which functions are dearest. */
export function writeProfile({ nodes, profile }: BlockProfile, { json }: { readonly json: boolean }): string {
  const tree = callTree(profile, placesBelow(ROOT));
  const title = `mini-controller: ${nodes} nodes halt in one block, ${Math.round(tree.total / 1000)} ms in which it was not idle`;
  const files = {
    flameGraph: join(FOLDER, "controller-profile.svg"),
    profile: join(FOLDER, "controller-profile.cpuprofile"),
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(files.flameGraph, flameGraph(tree, title));
  writeFileSync(files.profile, JSON.stringify(profile));
  const costs = dearest(tree, DEAREST);
  if (json) return `${JSON.stringify({ nodes, ...files, dearest: costs })}\n`;
  const lines = [
    `Flame graph, for any browser: ${files.flameGraph}`,
    `Profile, for the DevTools: ${files.profile}`,
  ];
  return `${title}\n${costs.map(lineOf).join("")}${lines.join("\n")}\n`;
}

function lineOf({ name, place, self, share }: Cost): string {
  const time = `${(self / 1000).toFixed(1)} ms`.padStart(12);
  return `${time}${(share * 100).toFixed(1).padStart(7)} %  ${name}  ${place}\n`;
}
