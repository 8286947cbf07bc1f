import type { Placement, Pod } from "../server/objects.ts";

/** Whether a template asks for machines: its pods wait for a scheduler. Others have a machine as they are made. */
export function isPlaced({ nodeSelector, affinity }: Placement): boolean {
  return nodeSelector !== undefined || affinity !== undefined;
}

/** Whether a pod waits for that. */
export function isUnbound({ spec }: Pod): boolean {
  return spec.nodeName === undefined && isPlaced(spec);
}

/** What a pod has of its template's, made for `machine` unless that says another. */
export function placementOf(placement: Placement, machine: string): Placement {
  const { nodeName, nodeSelector, affinity } = placement;
  return {
    ...(nodeName ? { nodeName } : !isPlaced(placement) && { nodeName: machine }),
    ...(nodeSelector && { nodeSelector }),
    ...(affinity && { affinity }),
  };
}
