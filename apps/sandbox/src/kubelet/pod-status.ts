import { arrayAt, at, isObject, type Json, type JsonObject, stringAt } from "../json/json.ts";
import { apiContainerStatus, apiTime, type ContainerSnapshot, hasSucceeded } from "./container-state.ts";
import type { PodSpec } from "./pod-spec.ts";

export interface PodFacts {
  readonly pod: PodSpec;
  readonly containers: readonly ContainerSnapshot[];
  readonly podIp: string;
  readonly hostIp: string;
  readonly startTime: number;
  /** Conditions as last reported, so that a transition time changes only with its status. */
  readonly conditions: readonly JsonObject[];
  readonly now: number;
}

/** core/v1 PodStatus as a kubelet reports it. */
export function podStatus(facts: PodFacts): JsonObject {
  const { containers, podIp, hostIp, startTime } = facts;
  const phase = podPhase(containers);
  const inits = containers.filter(({ role }) => role !== "main");
  return {
    phase,
    conditions: podConditions(facts, phase),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === "" ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: apiTime(startTime),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits.map(apiContainerStatus) }),
    containerStatuses: containers.filter(({ role }) => role === "main").map(apiContainerStatus),
  };
}

/**
 * The phase of a pod (getPhase, kubernetes 1.35 pkg/kubelet/kubelet_pods.go): Pending until its init containers are
 * done; a pod whose containers have all ended for good is Failed or Succeeded whatever its restart policy.
 */
export function podPhase(all: readonly ContainerSnapshot[]): string {
  const hasFailed = (one: ContainerSnapshot): boolean =>
    one.role === "init" && one.staysDown && !hasSucceeded(one);
  const isInitialized = !all.some(isUninitialized);
  const containers = all.filter(({ role }) => role === "main");
  const hasSidecar = all.some(({ role, state }) => role === "sidecar" && state.kind === "running");
  if (all.some(hasFailed)) return hasSidecar ? "Pending" : "Failed";
  if (!isInitialized && containers.every(({ state }) => state.kind === "waiting")) return "Pending";
  const isNew = (one: ContainerSnapshot): boolean =>
    one.state.kind === "waiting" && one.lastEnd === undefined;
  if (containers.length === 0 || containers.some(isNew)) return "Pending";
  if (containers.some((one) => one.state.kind === "running")) return "Running";
  if (hasSidecar || containers.some((one) => !one.staysDown)) return "Running";
  return containers.every((one) => one.state.kind === "terminated" && one.state.exitCode === 0)
    ? "Succeeded"
    : "Failed";
}

/** An init container that is not done, or a sidecar that never started. */
function isUninitialized(one: ContainerSnapshot): boolean {
  if (one.role === "init") return !hasSucceeded(one);
  return one.role === "sidecar" && one.state.kind === "waiting" && one.lastEnd === undefined;
}

function podConditions(facts: PodFacts, phase: string): Json[] {
  const { containers, pod } = facts;
  const unready = containers.filter((one) => one.role !== "init" && !one.ready).map((one) => one.name);
  const isDone = phase === "Failed" || phase === "Succeeded";
  const why: Pick<JsonObject, string> = isDone
    ? { reason: phase === "Failed" ? "PodFailed" : "PodCompleted" }
    : { reason: "ContainersNotReady", message: `containers with unready status: [${unready.join(" ")}]` };
  const areReady = unready.length === 0 && !isDone;
  const gate = pod.readinessGates.find((type) => !isTrue(pod, type));
  const gateWhy = {
    reason: "ReadinessGatesNotReady",
    message: `corresponding condition of pod readiness gate ${JSON.stringify(gate ?? "")} does not exist or is not "True".`,
  };
  const isReady = areReady && gate === undefined;
  const incomplete = containers.filter(isUninitialized).map((one) => one.name);
  const done = phase === "Succeeded" ? { reason: "PodCompleted" } : {};
  const initializedWhy =
    incomplete.length === 0
      ? done
      : {
          reason: "ContainersNotInitialized",
          message: `containers with incomplete status: [${incomplete.join(" ")}]`,
        };
  const hasStarted = facts.podIp !== "" && !isDone;
  return [
    condition(facts, "PodReadyToStartContainers", hasStarted, {}),
    condition(facts, "Initialized", incomplete.length === 0, initializedWhy),
    condition(facts, "Ready", isReady, isReady ? {} : areReady ? gateWhy : why),
    condition(facts, "ContainersReady", areReady, areReady ? {} : why),
    condition(facts, "PodScheduled", true, {}),
  ];
}

function isTrue({ object }: PodSpec, type: string): boolean {
  const found = arrayAt(object, "status", "conditions").find((one) => at(one, "type") === type);
  return stringAt(found, "status") === "True";
}

function condition(facts: PodFacts, type: string, holds: boolean, why: JsonObject): JsonObject {
  const status = holds ? "True" : "False";
  const before = facts.conditions.filter(isObject).find((one) => one.type === type);
  const since =
    before?.status === status
      ? (stringAt(before, "lastTransitionTime") ?? apiTime(facts.now))
      : apiTime(facts.now);
  return {
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: since,
    reason: null,
    message: null,
    ...why,
  };
}
