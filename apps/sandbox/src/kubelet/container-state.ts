import type { JsonObject } from "../json/json.ts";
import type { ContainerRole } from "./pod-spec.ts";

/** A container's end, as core/v1 ContainerStateTerminated has it; times in milliseconds. */
export interface Terminated {
  readonly kind: "terminated";
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly containerId: string;
}

export type ContainerState =
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string }
  | { readonly kind: "running"; readonly startedAt: number }
  | Terminated;

/** What a kubelet knows of a container at one moment. */
export interface ContainerSnapshot {
  readonly role: ContainerRole;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly containerId: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state: ContainerState;
  readonly lastEnd: Terminated | undefined;
  /** True when the container has ended and its policies keep it down. */
  readonly staysDown: boolean;
}

export function apiTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** core/v1 ContainerState of a state. */
function apiState(state: ContainerState | undefined): JsonObject {
  switch (state?.kind) {
    case undefined:
      return {};
    case "waiting":
      return {
        waiting: { reason: state.reason, ...(state.message === "" ? {} : { message: state.message }) },
      };
    case "running":
      return { running: { startedAt: apiTime(state.startedAt) } };
    case "terminated":
      return {
        terminated: {
          exitCode: state.exitCode,
          reason: state.reason,
          ...(state.message === "" ? {} : { message: state.message }),
          startedAt: apiTime(state.startedAt),
          finishedAt: apiTime(state.finishedAt),
          containerID: state.containerId,
        },
      };
  }
}

/** Whether a container has ended well and stays down. */
export function hasSucceeded({ state, staysDown }: ContainerSnapshot): boolean {
  return staysDown && state.kind === "terminated" && state.exitCode === 0;
}

/** core/v1 ContainerStatus of a container. */
export function apiContainerStatus(container: ContainerSnapshot): JsonObject {
  return {
    name: container.name,
    image: container.image,
    imageID: container.imageId,
    ...(container.containerId === "" ? {} : { containerID: container.containerId }),
    ready: container.role === "init" ? hasSucceeded(container) : container.ready,
    started: container.role !== "init" && container.state.kind === "running",
    restartCount: container.restartCount,
    state: apiState(container.state),
    lastState: apiState(container.lastEnd),
  };
}
