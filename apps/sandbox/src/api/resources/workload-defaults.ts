import { arrayAt, isObject, type JsonObject, objectAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { defaultPodSpec, setDefault } from "./pod-defaults.ts";

/** apps/v1 defaulting of a StatefulSet (pkg/apis/apps/v1/defaults.go). */
export function defaultStatefulSet(set: KubeObject): void {
  const spec = specOf(set);
  setDefault(spec, "podManagementPolicy", "OrderedReady");
  setDefault(spec, "replicas", 1);
  setDefault(spec, "revisionHistoryLimit", 10);
  setDefault(spec, "serviceName", "");
  setDefault(spec, "persistentVolumeClaimRetentionPolicy", { whenDeleted: "Retain", whenScaled: "Retain" });
  setDefault(spec, "updateStrategy", {});
  const strategy = objectAt(spec, "updateStrategy");
  // Who names the type gets no partition with it.
  if (strategy.type === undefined) setDefault(strategy, "rollingUpdate", {});
  setDefault(strategy, "type", "RollingUpdate");
  if (strategy.type === "RollingUpdate" && isObject(strategy.rollingUpdate))
    setDefault(strategy.rollingUpdate, "partition", 0);
  for (const claim of arrayAt(spec, "volumeClaimTemplates").filter(isObject)) {
    setDefault(claim, "apiVersion", "v1");
    setDefault(claim, "kind", "PersistentVolumeClaim");
    setDefault(claim, "status", { phase: "Pending" });
    setDefault(objectAt(claim, "spec"), "volumeMode", "Filesystem");
  }
  defaultTemplate(spec);
  setDefault(set, "status", { replicas: 0, availableReplicas: 0 });
}

/** apps/v1 defaulting of a Deployment. */
export function defaultDeployment(deployment: KubeObject): void {
  const spec = specOf(deployment);
  setDefault(spec, "progressDeadlineSeconds", 600);
  setDefault(spec, "replicas", 1);
  setDefault(spec, "revisionHistoryLimit", 10);
  setDefault(spec, "strategy", {});
  const strategy = objectAt(spec, "strategy");
  setDefault(strategy, "type", "RollingUpdate");
  if (strategy.type === "RollingUpdate") {
    setDefault(strategy, "rollingUpdate", {});
    setDefault(objectAt(strategy, "rollingUpdate"), "maxSurge", "25%");
    setDefault(objectAt(strategy, "rollingUpdate"), "maxUnavailable", "25%");
  }
  defaultTemplate(spec);
  setDefault(deployment, "status", {});
}

/** apps/v1 defaulting of a ReplicaSet. */
export function defaultReplicaSet(set: KubeObject): void {
  const spec = specOf(set);
  setDefault(spec, "replicas", 1);
  defaultTemplate(spec);
  setDefault(set, "status", { replicas: 0 });
}

function specOf(object: KubeObject): JsonObject {
  const spec = isObject(object.spec) ? object.spec : {};
  object.spec = spec;
  return spec;
}

function defaultTemplate(spec: JsonObject): void {
  const template = spec.template;
  if (!isObject(template)) return;
  setDefault(template, "metadata", {});
  if (isObject(template.spec)) defaultPodSpec(template.spec);
}
