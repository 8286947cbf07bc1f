import {
  arrayAt,
  at,
  isObject,
  type Json,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
} from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { controllerReference } from "../../json/owners.ts";
import type { Column } from "../resources/resource-type.ts";
import { AGE, NAME } from "./common-columns.ts";
import { ageOf } from "./duration.ts";

export { POD } from "./pod-columns.ts";

function column(name: string, cell: Column["cell"], options: Partial<Column> = {}): Column {
  return { name, type: "string", cell, ...options };
}

function field(name: string, ...path: readonly string[]): Column {
  return column(name, (object) => stringAt(object, ...path) ?? "");
}

function count(name: string, ...path: readonly string[]): Column {
  return column(name, (object) => numberAt(object, ...path) ?? 0, { type: "integer" });
}

function containers(key: "name" | "image"): (object: KubeObject) => string {
  return (object) =>
    arrayAt(object, "spec", "template", "spec", "containers")
      .map((container) => stringAt(container, key) ?? "")
      .join(",");
}

const CONTAINERS = column("Containers", containers("name"), { priority: 1 });
const IMAGES = column("Images", containers("image"), { priority: 1 });
const SELECTOR = column(
  "Selector",
  (object) =>
    Object.entries(stringsAt(object, "spec", "selector", "matchLabels"))
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
  { priority: 1 },
);

function readyOf(object: KubeObject): Json {
  return `${numberAt(object, "status", "readyReplicas") ?? 0}/${numberAt(object, "spec", "replicas") ?? 0}`;
}

export const NAME_AND_AGE: readonly Column[] = [NAME, AGE];
export const NAMESPACE: readonly Column[] = [NAME, field("Status", "status", "phase"), AGE];
export const STATEFUL_SET: readonly Column[] = [NAME, column("Ready", readyOf), AGE, CONTAINERS, IMAGES];
export const DEPLOYMENT: readonly Column[] = [
  NAME,
  column("Ready", readyOf),
  count("Up-to-date", "status", "updatedReplicas"),
  count("Available", "status", "availableReplicas"),
  AGE,
  CONTAINERS,
  IMAGES,
  SELECTOR,
];
export const REPLICA_SET: readonly Column[] = [
  NAME,
  count("Desired", "spec", "replicas"),
  count("Current", "status", "replicas"),
  count("Ready", "status", "readyReplicas"),
  AGE,
  CONTAINERS,
  IMAGES,
  SELECTOR,
];

function controllerOf(object: KubeObject): Json {
  const owner = controllerReference(object);
  if (owner === undefined) return "<none>";
  const [group = ""] = (stringAt(owner, "apiVersion") ?? "").split("/");
  return `${(stringAt(owner, "kind") ?? "").toLowerCase()}.${group}/${stringAt(owner, "name")}`;
}

export const CONTROLLER_REVISION: readonly Column[] = [
  NAME,
  column("Controller", controllerOf),
  count("Revision", "revision"),
  AGE,
];

function dataCount(object: KubeObject): Json {
  return Object.keys(objectAt(object, "data")).length + Object.keys(objectAt(object, "binaryData")).length;
}

export const CONFIG_MAP: readonly Column[] = [NAME, column("Data", dataCount), AGE];
export const SECRET: readonly Column[] = [
  NAME,
  field("Type", "type"),
  column("Data", dataCount, { type: "integer" }),
  AGE,
];
export const LEASE: readonly Column[] = [NAME, field("Holder", "spec", "holderIdentity"), AGE];
export const CRD: readonly Column[] = [
  NAME,
  column("Created At", (object) => stringAt(object, "metadata", "creationTimestamp") ?? "", { type: "date" }),
];

function servicePorts(service: KubeObject): Json {
  const ports = arrayAt(service, "spec", "ports").filter(isObject);
  return ports.map((port) => `${port.port}/${port.protocol}`).join(",") || "<none>";
}

export const SERVICE: readonly Column[] = [
  NAME,
  field("Type", "spec", "type"),
  field("Cluster-IP", "spec", "clusterIP"),
  column("External-IP", () => "<none>"),
  column("Port(s)", servicePorts),
  AGE,
];

function nodeStatus(node: KubeObject): Json {
  const condition = arrayAt(node, "status", "conditions").find((one) => at(one, "type") === "Ready");
  const ready = stringAt(condition, "status") === "True" ? "Ready" : "NotReady";
  return at(node, "spec", "unschedulable") === true ? `${ready},SchedulingDisabled` : ready;
}

export const NODE: readonly Column[] = [
  NAME,
  column("Status", nodeStatus),
  column("Roles", () => "<none>"),
  AGE,
  field("Version", "status", "nodeInfo", "kubeletVersion"),
];

export const CLAIM: readonly Column[] = [
  NAME,
  field("Status", "status", "phase"),
  field("Volume", "spec", "volumeName"),
  field("Capacity", "status", "capacity", "storage"),
  column("Access Modes", (claim) => {
    return arrayAt(claim, "status", "accessModes").join(",").replace("ReadWriteOnce", "RWO");
  }),
  field("StorageClass", "spec", "storageClassName"),
  AGE,
];

function lastSeen(event: KubeObject, now: number): Json {
  const time =
    stringAt(event, "series", "lastObservedTime") ??
    stringAt(event, "lastTimestamp") ??
    stringAt(event, "eventTime") ??
    stringAt(event, "metadata", "creationTimestamp");
  return ageOf(time, now);
}

function eventObject(event: KubeObject): Json {
  return `${(stringAt(event, "involvedObject", "kind") ?? "").toLowerCase()}/${stringAt(event, "involvedObject", "name")}`;
}

export const EVENT: readonly Column[] = [
  column("Last Seen", lastSeen),
  field("Type", "type"),
  field("Reason", "reason"),
  column("Object", eventObject),
  column("Message", (event) => (stringAt(event, "message") ?? "").trim()),
  column("Name", (event) => event.metadata.name, { priority: 1, format: "name" }),
];
