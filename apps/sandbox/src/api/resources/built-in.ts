import { numberAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import * as columns from "../printing/built-in-columns.ts";
import { validateConfigKeys } from "./config-validation.ts";
import {
  defaultClaim,
  defaultEvent,
  defaultNamespace,
  defaultSecret,
  defaultService,
} from "./core-defaults.ts";
import { defaultCrd, validateCrd } from "./crd-defaults.ts";
import { toCoreEvent, toEventsEvent } from "./event-conversion.ts";
import { defaultPod } from "./pod-defaults.ts";
import { validatePod } from "./pod-validation.ts";
import { validateBinding, validateRole } from "./rbac-validation.ts";
import type { ResourceType } from "./resource-type.ts";
import { defaultDeployment, defaultReplicaSet, defaultStatefulSet } from "./workload-defaults.ts";
import { validateStatefulSet } from "./workload-validation.ts";

type Row = Pick<ResourceType, "plural" | "kind"> & Partial<ResourceType>;

function types(group: string, version: string, rows: readonly Row[]): readonly ResourceType[] {
  return rows.map((row) => ({
    group,
    version,
    singular: row.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    storageKey: `${group}/${row.plural}`,
    subresources: [],
    builtIn: true,
    columns: columns.NAME_AND_AGE,
    generation: false,
    ...row,
  }));
}

/** A pod that no kubelet has, or that has ended, goes at once (pod strategy CheckGracefulDelete). */
function podGracePeriod(pod: KubeObject, asked: number | undefined): number {
  const phase = stringAt(pod, "status", "phase");
  if (stringAt(pod, "spec", "nodeName") === undefined || phase === "Failed" || phase === "Succeeded")
    return 0;
  return asked ?? numberAt(pod, "spec", "terminationGracePeriodSeconds") ?? 30;
}

const all = ["all"];

/** The built-in resources that the embedded cluster serves. */
export const BUILT_IN: readonly ResourceType[] = [
  ...types("", "v1", [
    {
      plural: "pods",
      kind: "Pod",
      shortNames: ["po"],
      categories: all,
      subresources: ["status", "binding", "eviction", "log"],
      columns: columns.POD,
      generation: true,
      defaults: defaultPod,
      validate: validatePod,
      gracePeriodSeconds: podGracePeriod,
    },
    {
      plural: "namespaces",
      kind: "Namespace",
      shortNames: ["ns"],
      namespaced: false,
      subresources: ["status"],
      columns: columns.NAMESPACE,
      defaults: defaultNamespace,
    },
    {
      plural: "nodes",
      kind: "Node",
      shortNames: ["no"],
      namespaced: false,
      subresources: ["status"],
      columns: columns.NODE,
    },
    {
      plural: "configmaps",
      kind: "ConfigMap",
      shortNames: ["cm"],
      columns: columns.CONFIG_MAP,
      validate: validateConfigKeys,
    },
    {
      plural: "secrets",
      kind: "Secret",
      columns: columns.SECRET,
      defaults: defaultSecret,
      validate: validateConfigKeys,
    },
    {
      plural: "services",
      kind: "Service",
      shortNames: ["svc"],
      categories: all,
      subresources: ["status"],
      columns: columns.SERVICE,
      defaults: defaultService,
    },
    { plural: "serviceaccounts", kind: "ServiceAccount", shortNames: ["sa"], subresources: ["token"] },
    {
      plural: "persistentvolumeclaims",
      kind: "PersistentVolumeClaim",
      shortNames: ["pvc"],
      subresources: ["status"],
      columns: columns.CLAIM,
      defaults: defaultClaim,
    },
    { plural: "events", kind: "Event", shortNames: ["ev"], columns: columns.EVENT, defaults: defaultEvent },
  ]),
  ...types("apps", "v1", [
    {
      plural: "statefulsets",
      kind: "StatefulSet",
      shortNames: ["sts"],
      categories: all,
      subresources: ["status", "scale"],
      columns: columns.STATEFUL_SET,
      generation: true,
      defaults: defaultStatefulSet,
      validate: validateStatefulSet,
    },
    {
      plural: "deployments",
      kind: "Deployment",
      shortNames: ["deploy"],
      categories: all,
      subresources: ["status", "scale"],
      columns: columns.DEPLOYMENT,
      generation: true,
      defaults: defaultDeployment,
    },
    {
      plural: "replicasets",
      kind: "ReplicaSet",
      shortNames: ["rs"],
      categories: all,
      subresources: ["status", "scale"],
      columns: columns.REPLICA_SET,
      generation: true,
      defaults: defaultReplicaSet,
    },
    { plural: "controllerrevisions", kind: "ControllerRevision", columns: columns.CONTROLLER_REVISION },
  ]),
  ...types("coordination.k8s.io", "v1", [{ plural: "leases", kind: "Lease", columns: columns.LEASE }]),
  ...types("events.k8s.io", "v1", [
    {
      plural: "events",
      kind: "Event",
      shortNames: ["ev"],
      storageKey: "/events",
      defaults: defaultEvent,
      columns: columns.EVENT,
      conversion: { toStored: toCoreEvent, fromStored: toEventsEvent },
    },
  ]),
  ...types("rbac.authorization.k8s.io", "v1", [
    { plural: "clusterroles", kind: "ClusterRole", namespaced: false, validate: validateRole },
    {
      plural: "clusterrolebindings",
      kind: "ClusterRoleBinding",
      namespaced: false,
      validate: validateBinding,
    },
    { plural: "roles", kind: "Role", validate: validateRole },
    { plural: "rolebindings", kind: "RoleBinding", validate: validateBinding },
  ]),
  ...types("policy", "v1", [
    {
      plural: "poddisruptionbudgets",
      kind: "PodDisruptionBudget",
      shortNames: ["pdb"],
      subresources: ["status"],
      generation: true,
    },
  ]),
  ...types("networking.k8s.io", "v1", [
    { plural: "networkpolicies", kind: "NetworkPolicy", shortNames: ["netpol"], generation: true },
  ]),
  ...types("apiextensions.k8s.io", "v1", [
    {
      plural: "customresourcedefinitions",
      kind: "CustomResourceDefinition",
      shortNames: ["crd", "crds"],
      categories: ["api-extensions"],
      namespaced: false,
      subresources: ["status"],
      generation: true,
      columns: columns.CRD,
      defaults: defaultCrd,
      validate: validateCrd,
    },
  ]),
];
