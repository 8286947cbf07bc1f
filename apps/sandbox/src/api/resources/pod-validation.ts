import { arrayAt, clone, equal, isObject, type Json, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";

const UPDATE_RULE =
  "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
  "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** The rules of core/v1 pod validation that clients run into: containers are required, the spec is immutable but for images. */
export function validatePod(pod: KubeObject, old: KubeObject | undefined): readonly Cause[] {
  const causes = [...validateContainers(pod.spec)];
  if (old !== undefined && !equal(withoutMutable(pod.spec), withoutMutable(old.spec))) {
    causes.push({ reason: "FieldValueForbidden", message: UPDATE_RULE, field: "spec" });
  }
  return causes;
}

/** Defects of the containers of a pod spec found at `path`. */
export function validateContainers(spec: Json | undefined, path = "spec"): readonly Cause[] {
  const containers = arrayAt(spec, "containers");
  if (containers.length === 0) return [required(`${path}.containers`)];
  const volumes = new Set(arrayAt(spec, "volumes").map((volume) => stringAt(volume, "name")));
  const seen = new Set<string>();
  return containers.flatMap((container, index) => {
    const field = `${path}.containers[${index}]`;
    const causes = [...validateContainer(container, field), ...validateMounts(container, field, volumes)];
    const name = stringAt(container, "name") ?? "";
    if (seen.has(name)) {
      causes.push({
        reason: "FieldValueDuplicate",
        message: `Duplicate value: "${name}"`,
        field: `${field}.name`,
      });
    }
    seen.add(name);
    return causes;
  });
}

function validateContainer(container: Json, field: string): readonly Cause[] {
  const causes = ["name", "image"]
    .filter((key) => (stringAt(container, key) ?? "") === "")
    .map((key) => required(`${field}.${key}`));
  const rules = arrayAt(container, "restartPolicyRules");
  if (rules.length > 0 && stringAt(container, "restartPolicy") === undefined) {
    causes.push(required(`${field}.restartPolicy`, "must specify restartPolicy when restart rules are used"));
  }
  for (const [index, rule] of rules.entries()) {
    const operator = stringAt(rule, "exitCodes", "operator") ?? "";
    if (operator === "In" || operator === "NotIn") continue;
    const message = `Unsupported value: ${JSON.stringify(operator)}: supported values: "In", "NotIn"`;
    const at = `${field}.restartPolicyRules[${index}].exitCodes.operator`;
    causes.push({ reason: "FieldValueNotSupported", message, field: at });
  }
  return causes;
}

function validateMounts(
  container: Json,
  field: string,
  volumes: ReadonlySet<string | undefined>,
): readonly Cause[] {
  return arrayAt(container, "volumeMounts").flatMap((mount, index) => {
    const name = stringAt(mount, "name");
    if (volumes.has(name)) return [];
    const message = `Not found: ${JSON.stringify(name ?? "")}`;
    return [{ reason: "FieldValueNotFound", message, field: `${field}.volumeMounts[${index}].name` }];
  });
}

function required(field: string, why = ""): Cause {
  return { reason: "FieldValueRequired", message: `Required value${why === "" ? "" : `: ${why}`}`, field };
}

function withoutMutable(spec: Json | undefined): Json {
  const copy = clone(isObject(spec) ? spec : {});
  for (const key of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"])
    delete copy[key];
  for (const list of ["containers", "initContainers"]) {
    for (const container of arrayAt(copy, list)) if (isObject(container)) delete container.image;
  }
  return copy;
}
