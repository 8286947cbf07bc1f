import { arrayAt, at, numberAt, objectAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { Terminated } from "./container-state.ts";

/** Where a container stood when an earlier kubelet process last reported it. */
export interface Inherited {
  readonly restartCount: number;
  readonly end: Terminated | undefined;
  readonly imageId: string;
}

const LOST = "The container could not be located when the pod was terminated";

/** What an earlier kubelet process reported of a container; one it left running is lost with it. */
export function inheritedFrom(pod: KubeObject, name: string, now: number): Inherited | undefined {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((list) =>
    arrayAt(pod, "status", list),
  );
  const status = statuses.find((one) => at(one, "name") === name);
  if (status === undefined) return undefined;
  const imageId = stringAt(status, "imageID") ?? "";
  const restartCount = numberAt(status, "restartCount") ?? 0;
  const ended = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const isRunning = at(status, "state", "running") !== undefined;
  if (!isRunning && ended === undefined) return { restartCount, end: undefined, imageId };
  const end = isRunning ? undefined : objectAt(ended);
  const time = (field: string): number => Date.parse(stringAt(end, field) ?? "") || now;
  return {
    restartCount,
    imageId,
    end: {
      kind: "terminated",
      exitCode: numberAt(end, "exitCode") ?? 137,
      reason: stringAt(end, "reason") ?? "ContainerStatusUnknown",
      message: stringAt(end, "message") ?? (isRunning ? LOST : ""),
      startedAt: time("startedAt"),
      finishedAt: time("finishedAt"),
      containerId: stringAt(end, "containerID") ?? stringAt(status, "containerID") ?? "",
    },
  };
}
