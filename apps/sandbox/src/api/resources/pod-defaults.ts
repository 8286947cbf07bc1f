import { arrayAt, isObject, type Json, type JsonObject, objectAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";

/** Sets `target[key]` where it is absent. */
export function setDefault(target: JsonObject, key: string, value: Json): void {
  if (target[key] === undefined) target[key] = value;
}

function objectsAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  return arrayAt(value, ...path).filter(isObject);
}

/** The DefaultTolerationSeconds admission plugin's. */
const NODE_TROUBLE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** core/v1 defaulting of a pod (pkg/apis/core/v1/defaults.go), with what admission adds to every pod. */
export function defaultPod(pod: KubeObject): void {
  if (isObject(pod.spec)) {
    defaultPodSpec(pod.spec);
    setDefault(pod.spec, "serviceAccountName", "default");
    setDefault(pod.spec, "serviceAccount", pod.spec.serviceAccountName ?? "default");
    setDefault(pod.spec, "enableServiceLinks", true);
    setDefault(
      pod.spec,
      "tolerations",
      NODE_TROUBLE.map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 })),
    );
    setDefault(pod.spec, "preemptionPolicy", "PreemptLowerPriority");
    setDefault(pod.spec, "priority", 0);
  }
  const status = isObject(pod.status) ? pod.status : {};
  pod.status = status;
  setDefault(status, "phase", "Pending");
  setDefault(status, "qosClass", "BestEffort");
}

/** Defaults of a pod template's spec. */
export function defaultPodSpec(spec: JsonObject): void {
  setDefault(spec, "dnsPolicy", "ClusterFirst");
  setDefault(spec, "restartPolicy", "Always");
  setDefault(spec, "schedulerName", "default-scheduler");
  setDefault(spec, "securityContext", {});
  setDefault(spec, "terminationGracePeriodSeconds", 30);
  for (const container of [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")]) {
    defaultContainer(container);
  }
  for (const volume of objectsAt(spec, "volumes")) {
    for (const kind of ["configMap", "secret", "projected"]) {
      const source = volume[kind];
      if (isObject(source)) setDefault(source, "defaultMode", 0o644);
    }
  }
}

function defaultContainer(container: JsonObject): void {
  const image = stringAt(container, "image") ?? "";
  const isLatest = !image.includes("@") && !/:[^/]+$/.test(image.replace(/:latest$/, ""));
  setDefault(container, "imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
  setDefault(container, "resources", {});
  setDefault(container, "terminationMessagePath", "/dev/termination-log");
  setDefault(container, "terminationMessagePolicy", "File");
  for (const port of objectsAt(container, "ports")) setDefault(port, "protocol", "TCP");
  for (const name of ["readinessProbe", "livenessProbe", "startupProbe"]) {
    if (isObject(container[name])) defaultProbe(objectAt(container, name));
  }
  for (const variable of objectsAt(container, "env")) {
    const field = objectAt(variable, "valueFrom").fieldRef;
    if (isObject(field)) setDefault(field, "apiVersion", "v1");
  }
}

function defaultProbe(probe: JsonObject): void {
  setDefault(probe, "failureThreshold", 3);
  setDefault(probe, "periodSeconds", 10);
  setDefault(probe, "successThreshold", 1);
  setDefault(probe, "timeoutSeconds", 1);
  if (isObject(probe.httpGet)) {
    setDefault(probe.httpGet, "path", "/");
    setDefault(probe.httpGet, "scheme", "HTTP");
  }
}
