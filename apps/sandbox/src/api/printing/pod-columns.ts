import { arrayAt, at, isObject, type JsonObject, numberAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Column } from "../resources/resource-type.ts";
import { AGE, NAME } from "./common-columns.ts";
import { ageOf } from "./duration.ts";

function statuses(pod: KubeObject): readonly JsonObject[] {
  return arrayAt(pod, "status", "containerStatuses").filter(isObject);
}

function ready(pod: KubeObject): string {
  const count = statuses(pod).filter(
    (status) => status.ready === true && at(status, "state", "running"),
  ).length;
  return `${count}/${arrayAt(pod, "spec", "containers").length}`;
}

/** The STATUS cell (pkg/printers printPod): the last container with something to say, else the phase. */
function statusText(pod: KubeObject): string {
  const phase = stringAt(pod, "status", "phase") ?? "Unknown";
  if (at(pod, "metadata", "deletionTimestamp") !== undefined && phase !== "Failed" && phase !== "Succeeded") {
    return "Terminating";
  }
  let reason = stringAt(pod, "status", "reason") ?? phase;
  let errorReason = "";
  let hasRunning = false;
  for (const status of statuses(pod).toReversed()) {
    const waiting = stringAt(status, "state", "waiting", "reason");
    const terminated = at(status, "state", "terminated");
    if (waiting !== undefined) reason = waiting;
    else if (terminated !== undefined) {
      const exitCode = numberAt(terminated, "exitCode") ?? 0;
      reason = stringAt(terminated, "reason") ?? `ExitCode:${exitCode}`;
      if (exitCode !== 0) errorReason = reason;
    } else if (status.ready === true) hasRunning = true;
  }
  if (reason !== "Completed") return reason;
  if (errorReason !== "") return errorReason;
  return hasRunning ? "NotReady" : reason;
}

function restarts(pod: KubeObject, now: number): string {
  const total = statuses(pod).reduce((sum, status) => sum + (numberAt(status, "restartCount") ?? 0), 0);
  const ends = statuses(pod).map((status) => stringAt(status, "lastState", "terminated", "finishedAt") ?? "");
  const last = ends.toSorted().at(-1) ?? "";
  return total === 0 || last === "" ? String(total) : `${total} (${ageOf(last, now)} ago)`;
}

function readinessGates(pod: KubeObject): string {
  const gates = arrayAt(pod, "spec", "readinessGates");
  if (gates.length === 0) return "<none>";
  const conditions = arrayAt(pod, "status", "conditions");
  const isTrue = gates.filter((gate) =>
    conditions.some((one) => at(one, "type") === at(gate, "conditionType") && at(one, "status") === "True"),
  );
  return `${isTrue.length}/${gates.length}`;
}

function orNone(text: string | undefined): string {
  return text === undefined || text === "" ? "<none>" : text;
}

/** The columns of `kubectl get pods`. */
export const POD: readonly Column[] = [
  NAME,
  { name: "Ready", type: "string", cell: ready },
  { name: "Status", type: "string", cell: statusText },
  { name: "Restarts", type: "string", cell: restarts },
  AGE,
  { name: "IP", type: "string", priority: 1, cell: (pod) => orNone(stringAt(pod, "status", "podIP")) },
  { name: "Node", type: "string", priority: 1, cell: (pod) => orNone(stringAt(pod, "spec", "nodeName")) },
  {
    name: "Nominated Node",
    type: "string",
    priority: 1,
    cell: (pod) => orNone(stringAt(pod, "status", "nominatedNodeName")),
  },
  { name: "Readiness Gates", type: "string", priority: 1, cell: readinessGates },
];
