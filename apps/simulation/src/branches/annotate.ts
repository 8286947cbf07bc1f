import type { Cluster } from "../cluster/cluster.ts";
import { type NodeHalt, PATHS, pathOfObject } from "../server/objects.ts";

/** A person sets annotations of a NodeHalt, if there is one. */
export function annotate(
  { server }: Cluster,
  halt: NodeHalt | undefined,
  annotations: Readonly<Record<string, string>>,
): void {
  if (halt !== undefined)
    server.mergePatch("operator", pathOfObject(PATHS.halts, halt), { metadata: { annotations } }, false);
}
