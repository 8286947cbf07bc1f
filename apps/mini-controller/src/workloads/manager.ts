import type { KubeObject } from "@upgrade-halt/kube";
import { controllerRefOf } from "../kube/owner-reference.ts";
import type { Manager } from "../model/workload-sight.ts";

/** Marks of tools that apply a declared state again and again. */
const MARKS: readonly {
  readonly tool: string;
  readonly where: "labels" | "annotations";
  readonly key: string;
}[] = [
  // https://argo-cd.readthedocs.io: tracking by annotation, and by the label of its own
  { tool: "Argo CD application", where: "annotations", key: "argocd.argoproj.io/tracking-id" },
  { tool: "Argo CD application", where: "labels", key: "argocd.argoproj.io/instance" },
  // https://fluxcd.io: the owner labels of the kustomize and helm controllers
  { tool: "Flux Kustomization", where: "labels", key: "kustomize.toolkit.fluxcd.io/name" },
  { tool: "Flux HelmRelease", where: "labels", key: "helm.toolkit.fluxcd.io/name" },
];

/** The object's controller, or else the GitOps tool whose mark it has. */
export function managerOf(object: KubeObject): Manager | undefined {
  const { namespace, ownerReferences = [] } = object.metadata;
  const ref = controllerRefOf(object) ?? ownerReferences.find(({ controller }) => controller === true);
  if (ref !== undefined)
    return { who: `${ref.kind} ${namespace}/${ref.name}`, by: "its controller reference" };
  for (const { tool, where, key } of MARKS) {
    const value = object.metadata[where]?.[key];
    if (value !== undefined) return { who: `${tool} ${value}`, by: `its ${where.slice(0, -1)} ${key}` };
  }
  return undefined;
}
