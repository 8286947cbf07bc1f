import { arrayAt, at, clone, equal, isObject, type Json, objectAt, stringsAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";
import { validateContainers } from "./pod-validation.ts";

const MUTABLE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

const UPDATE_RULE =
  "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
  "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** The rules of apps/v1 StatefulSet validation that clients run into. */
export function validateStatefulSet(set: KubeObject, old: KubeObject | undefined): readonly Cause[] {
  const causes: Cause[] = [...validateContainers(templateSpec(set), "spec.template.spec")];
  if (!isObject(at(set, "spec", "selector"))) {
    causes.push({ reason: "FieldValueRequired", message: "Required value", field: "spec.selector" });
  }
  const selector = stringsAt(set, "spec", "selector", "matchLabels");
  const labels = stringsAt(set, "spec", "template", "metadata", "labels");
  const isMatch = Object.entries(selector).every(([key, value]) => labels[key] === value);
  if (!isMatch || Object.keys(selector).length === 0) {
    const message = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
    causes.push({ reason: "FieldValueInvalid", message, field: "spec.template.metadata.labels" });
  }
  if (old !== undefined && !equal(withoutMutable(set.spec), withoutMutable(old.spec))) {
    causes.push({ reason: "FieldValueForbidden", message: UPDATE_RULE, field: "spec" });
  }
  return causes;
}

/** The template's spec with the volumes that the claim templates add to it. */
function templateSpec(set: KubeObject): Json {
  const spec = objectAt(set, "spec", "template", "spec");
  const claims = arrayAt(set, "spec", "volumeClaimTemplates").map((claim) => objectAt(claim, "metadata"));
  return { ...spec, volumes: [...arrayAt(spec, "volumes"), ...claims] };
}

function withoutMutable(spec: Json | undefined): Json {
  const copy = clone(isObject(spec) ? spec : {});
  for (const key of MUTABLE) delete copy[key];
  return copy;
}
