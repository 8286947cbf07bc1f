import {
  arrayAt,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  textsAt,
} from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

/** One rule of a container's restartPolicyRules (KEP-5307). */
export interface RestartRule {
  readonly action: string;
  readonly operator: "In" | "NotIn";
  readonly values: readonly number[];
}

/** `init` runs to its end before the next starts; `sidecar` is an init container with restartPolicy Always (KEP-753). */
export type ContainerRole = "init" | "sidecar" | "main";

export interface ContainerSpec {
  readonly role: ContainerRole;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly env: readonly JsonObject[];
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly subPath: string }[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly readinessProbe: JsonObject | undefined;
  readonly restartPolicy: string | undefined;
  readonly restartRules: readonly RestartRule[];
  readonly fallsBackToLogs: boolean;
}

/** What a kubelet reads of a pod. */
export interface PodSpec {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
  readonly restartPolicy: string;
  readonly terminationGraceSeconds: number;
  /** In the order in which they start: init containers and sidecars as listed, then the others. */
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly JsonObject[];
  readonly readinessGates: readonly string[];
  /** Seconds that a deletion leaves the processes; undefined while the pod isn't being deleted. */
  readonly deletionGraceSeconds: number | undefined;
  readonly object: KubeObject;
}

export function readPodSpec(pod: KubeObject): PodSpec {
  const { metadata } = pod;
  const isDeleting = metadata.deletionTimestamp !== undefined;
  return {
    uid: stringAt(pod, "metadata", "uid") ?? "",
    namespace: stringAt(pod, "metadata", "namespace") ?? "",
    name: metadata.name,
    nodeName: stringAt(pod, "spec", "nodeName") ?? "",
    restartPolicy: stringAt(pod, "spec", "restartPolicy") ?? "Always",
    terminationGraceSeconds: numberAt(pod, "spec", "terminationGracePeriodSeconds") ?? 30,
    containers: [
      ...arrayAt(pod, "spec", "initContainers").filter(isObject).map(readInitContainer),
      ...arrayAt(pod, "spec", "containers")
        .filter(isObject)
        .map((one) => readContainer(one, "main")),
    ],
    volumes: arrayAt(pod, "spec", "volumes").filter(isObject),
    readinessGates: arrayAt(pod, "spec", "readinessGates").map(
      (gate) => stringAt(gate, "conditionType") ?? "",
    ),
    deletionGraceSeconds: isDeleting
      ? (numberAt(pod, "metadata", "deletionGracePeriodSeconds") ?? 30)
      : undefined,
    object: pod,
  };
}

function readInitContainer(container: JsonObject): ContainerSpec {
  return readContainer(container, container.restartPolicy === "Always" ? "sidecar" : "init");
}

function readContainer(container: JsonObject, role: ContainerRole): ContainerSpec {
  const probe = container.readinessProbe;
  return {
    role,
    name: stringAt(container, "name") ?? "",
    image: stringAt(container, "image") ?? "",
    command: textsAt(container, "command"),
    args: textsAt(container, "args"),
    workingDir: stringAt(container, "workingDir") ?? "",
    env: arrayAt(container, "env").filter(isObject),
    mounts: arrayAt(container, "volumeMounts").map((mount) => ({
      volume: stringAt(mount, "name") ?? "",
      path: stringAt(mount, "mountPath") ?? "",
      subPath: stringAt(mount, "subPath") ?? "",
    })),
    ports: arrayAt(container, "ports").map((port) => ({
      name: stringAt(port, "name") ?? "",
      port: numberAt(port, "containerPort") ?? 0,
    })),
    readinessProbe: isObject(probe) ? probe : undefined,
    restartPolicy: stringAt(container, "restartPolicy"),
    restartRules: arrayAt(container, "restartPolicyRules").filter(isObject).map(readRule),
    fallsBackToLogs: container.terminationMessagePolicy === "FallbackToLogsOnError",
  };
}

function readRule(rule: JsonObject): RestartRule {
  const exitCodes = objectAt(rule, "exitCodes");
  return {
    action: stringAt(rule, "action") ?? "",
    operator: exitCodes.operator === "NotIn" ? "NotIn" : "In",
    values: arrayAt(exitCodes, "values").filter((value) => typeof value === "number"),
  };
}

/** Labels and annotations, for the downward API. */
export function metadataMap(pod: PodSpec, field: "labels" | "annotations"): Record<string, string> {
  return stringsAt(pod.object, "metadata", field);
}
