import { printable } from "../../printable.ts";
import { type Finding, ok, todo } from "../finding.ts";
import type { ClusterObjects, HaltPolicy, Pod, Workload } from "./objects.ts";

type Metadata = Pod["metadata"];
const ownerOf = ({ ownerReferences }: Metadata) =>
  ownerReferences?.find(({ controller }) => controller === true);

/** Marks of tools that apply a declared state again and again, and so write an image back. */
const MARKS = [
  ["Argo CD", "annotations", "argocd.argoproj.io/tracking-id"],
  ["Argo CD", "labels", "argocd.argoproj.io/instance"],
  ["Flux", "labels", "kustomize.toolkit.fluxcd.io/name"],
  ["Flux", "labels", "helm.toolkit.fluxcd.io/name"],
] as const;

/** Whether the controller could change a pod's image: who owns it, and who owns that. */
export function workloadFinding(
  pod: Pod,
  policy: HaltPolicy | undefined,
  { workloads }: ClusterObjects,
): Finding[] {
  if (policy === undefined || policy.spec.target?.kind === "CustomResource") return [];
  const chain = ownersOf(pod, workloads);
  const owner = chain.at(-1);
  if (owner === undefined)
    return [
      todo(
        "process",
        "Nothing that was given owns it, so no image can be changed for it.",
        "Give statefulsets, deployments and replicasets along, or see who made it.",
      ),
    ];
  const name = `${owner.kind} ${printable(owner.metadata.name)}`;
  const manager = managerOf(owner);
  if (manager !== undefined)
    return [
      todo(
        "process",
        `${name} is managed by ${manager}, which would write the image back, so a halt is only paged.`,
        `Be ready to set the image there, or name it as spec.target.`,
      ),
    ];
  const named = policy.spec.target?.kind ?? "StatefulSet";
  if (owner.kind !== named)
    return [
      todo(
        "process",
        `${name} owns it, and its policy has a ${printable(named)} changed, so the controller refuses.`,
        `Say ${owner.kind} in spec.target of the policy.`,
      ),
    ];
  if (owner.kind === "Deployment" && (owner.spec?.replicas ?? 1) > 1)
    return [
      todo(
        "process",
        `${name} has several replicas, which would be one node, so the controller refuses.`,
        "Give each node a Deployment of its own.",
      ),
    ];
  if (owner.kind === "Deployment" && owner.spec?.strategy?.type !== "Recreate")
    return [
      todo(
        "process",
        `${name} may run two pods at a time.`,
        "Set its strategy to Recreate, or the controller refuses.",
      ),
    ];
  return [ok("process", `${name} owns it.`)];
}

/** From the pod's owner up to the last that was given. */
function ownersOf(pod: Pod, workloads: readonly Workload[]): Workload[] {
  const owners: Workload[] = [];
  let reference = ownerOf(pod.metadata);
  while (reference !== undefined && owners.length < 4) {
    const { kind, name } = reference;
    const owner = workloads.find(
      (workload) =>
        workload.kind === kind &&
        workload.metadata.name === name &&
        workload.metadata.namespace === pod.metadata.namespace,
    );
    if (owner === undefined) break;
    owners.push(owner);
    reference = ownerOf(owner.metadata);
  }
  return owners;
}

function managerOf({ metadata }: Workload): string | undefined {
  const owner = ownerOf(metadata);
  if (owner !== undefined) return `${printable(owner.kind)} ${printable(owner.name)}`;
  return MARKS.find(([, where, key]) => metadata[where]?.[key] !== undefined)?.[0];
}
