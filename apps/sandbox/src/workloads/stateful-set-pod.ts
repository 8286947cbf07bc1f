import {
  arrayAt,
  clone,
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
  stringsAt,
} from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { ownerReference } from "./revisions.ts";

/** The ordinal in a pod's name, -1 when it has none. */
export function ordinalOf(pod: KubeObject): number {
  const match = /-(\d+)$/.exec(pod.metadata.name);
  return match === null ? -1 : Number(match[1]);
}

export function podName(set: KubeObject, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

/** The pod of `ordinal` as `set` (with the template of `revision`) wants it (newStatefulSetPod of kubernetes). */
export function newPod(set: KubeObject, ordinal: number, revision: string): KubeObject {
  const template = objectAt(set, "spec", "template");
  const name = podName(set, ordinal);
  const annotations = stringsAt(template, "metadata", "annotations");
  const serviceName = stringAt(set, "spec", "serviceName") ?? "";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace: stringAt(set, "metadata", "namespace") ?? "",
      labels: {
        ...stringsAt(template, "metadata", "labels"),
        "apps.kubernetes.io/pod-index": String(ordinal),
        "controller-revision-hash": revision,
        "statefulset.kubernetes.io/pod-name": name,
      },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [ownerReference(set)],
    },
    spec: {
      ...clone(objectAt(template, "spec")),
      hostname: name,
      ...(serviceName === "" ? {} : { subdomain: serviceName }),
      volumes: volumesOf(set, ordinal),
    },
  };
}

/** The template's volumes; those named like a claim template are that claim's. */
function volumesOf(set: KubeObject, ordinal: number): Json[] {
  const claims = claimTemplates(set).map((template): JsonObject => {
    const name = stringAt(template, "metadata", "name") ?? "";
    return { name, persistentVolumeClaim: { claimName: claimName(set, name, ordinal) } };
  });
  const names = new Set(claims.map((claim) => claim.name));
  const own = arrayAt(set, "spec", "template", "spec", "volumes").filter(isObject);
  return [...claims, ...own.filter((volume) => !names.has(volume.name ?? "")).map((volume) => clone(volume))];
}

function claimTemplates(set: KubeObject): readonly JsonObject[] {
  return arrayAt(set, "spec", "volumeClaimTemplates").filter(isObject);
}

function claimName(set: KubeObject, template: string, ordinal: number): string {
  return `${template}-${podName(set, ordinal)}`;
}

/** The claims that the pod of `ordinal` needs. */
export function claimsOf(set: KubeObject, ordinal: number): readonly KubeObject[] {
  return claimTemplates(set).map((template) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName(set, stringAt(template, "metadata", "name") ?? "", ordinal),
      namespace: stringAt(set, "metadata", "namespace") ?? "",
      labels: stringsAt(set, "spec", "selector", "matchLabels"),
    },
    spec: clone(objectAt(template, "spec")),
  }));
}
