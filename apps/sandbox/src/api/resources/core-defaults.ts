import { createHash } from "node:crypto";
import { arrayAt, isObject, objectAt, stringAt, stringsAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { setDefault } from "./pod-defaults.ts";

/** A namespace is Active until it is deleted, and carries its own name as a label. */
export function defaultNamespace(namespace: KubeObject): void {
  const labels = {
    ...stringsAt(namespace, "metadata", "labels"),
    "kubernetes.io/metadata.name": namespace.metadata.name,
  };
  namespace.metadata.labels = labels;
  setDefault(namespace, "spec", {});
  setDefault(objectAt(namespace, "spec"), "finalizers", ["kubernetes"]);
  setDefault(namespace, "status", { phase: "Active" });
}

/** stringData is written only: it ends up in data, base64. */
export function defaultSecret(secret: KubeObject): void {
  setDefault(secret, "type", "Opaque");
  const plain = stringsAt(secret, "stringData");
  if (Object.keys(plain).length === 0) return;
  const encoded = Object.entries(plain).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  secret.data = { ...objectAt(secret, "data"), ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

/** A cluster IP derived from the service's name: nothing routes to it, but clients expect one. */
export function defaultService(service: KubeObject): void {
  const spec = isObject(service.spec) ? service.spec : {};
  service.spec = spec;
  setDefault(spec, "type", "ClusterIP");
  setDefault(spec, "sessionAffinity", "None");
  setDefault(spec, "internalTrafficPolicy", "Cluster");
  setDefault(spec, "ipFamilies", ["IPv4"]);
  setDefault(spec, "ipFamilyPolicy", "SingleStack");
  const key = `${stringAt(service, "metadata", "namespace")}/${service.metadata.name}`;
  const [third = 0, fourth = 0] = createHash("sha256").update(key).digest();
  setDefault(spec, "clusterIP", `10.96.${third}.${fourth}`);
  setDefault(spec, "clusterIPs", [spec.clusterIP ?? ""]);
  for (const port of arrayAt(spec, "ports").filter(isObject)) {
    setDefault(port, "protocol", "TCP");
    setDefault(port, "targetPort", port.port ?? 0);
  }
  setDefault(service, "status", { loadBalancer: {} });
}

/** core/v1 spells the absent parts of an Event out. */
export function defaultEvent(event: KubeObject): void {
  for (const field of ["eventTime", "firstTimestamp", "lastTimestamp"]) setDefault(event, field, null);
  for (const field of ["reportingComponent", "reportingInstance"]) setDefault(event, field, "");
  setDefault(event, "source", {});
}

export function defaultClaim(claim: KubeObject): void {
  setDefault(objectAt(claim, "spec"), "volumeMode", "Filesystem");
  setDefault(claim, "status", { phase: "Pending" });
}
