import { hasCode, type KubeApi } from "@upgrade-halt/kube";
import type { NodeHalt } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import { namespaceOf, objectPath, PODS } from "../kube/paths.ts";
import { between, type OnBoundary } from "../model/boundary.ts";
import type { Act } from "../model/move.ts";
import type { Observation } from "../observe/observation.ts";
import { fieldOf } from "../workloads/owned-stateful-sets.ts";
import { imagePatch } from "../workloads/workload.ts";

export interface ActorOptions {
  readonly api: KubeApi;
  readonly onBoundary: OnBoundary;
}

/** The shortest with which a pod stays until its kubelet has ended it. */
const LEAST_GRACE_SECONDS = 1;

/** Does what the journal announced. Each effect is refused or does nothing when it was done before. */
export class Actor {
  readonly #options: ActorOptions;
  /** UIDs of halts whose image was not set at the last attempt, as the API server refused it or something put the old one back. */
  readonly #refused = new Set<string | undefined>();

  constructor(options: ActorOptions) {
    this.#options = options;
  }

  /**
   * The halt after the effect, which is seen in the cluster.
   *
   * @throws {ControllerError} `conflict` for an act on an observation that was not read from the API server for it.
   */
  async perform(act: Act, observation: Observation): Promise<NodeHalt> {
    const { onBoundary } = this.#options;
    if (observation.from !== "server")
      throw new ControllerError("conflict", `${act.kind} rests on what was not read again`);
    switch (act.kind) {
      case "set-image":
        await between("set-image", onBoundary, () => this.#setImage(act, observation));
        return observation.halt;
      case "delete-pod":
        await between("delete-pod", onBoundary, () => this.#deletePod(act, observation));
        return observation.halt;
    }
  }

  /** Whether the image of this halt's swap is known not to be set, since the last attempt changed nothing. */
  setWasRefused({ metadata }: NodeHalt): boolean {
    return this.#refused.has(metadata.uid);
  }

  async #setImage(
    change: Extract<Act, { kind: "set-image" }>,
    { workload, halt }: Observation,
  ): Promise<void> {
    if (workload.kind !== "found")
      throw new ControllerError("bad-reference", "the workload to change is not there");
    const { uid } = halt.metadata;
    this.#refused.delete(uid);
    const after = await this.#options.api
      .jsonPatch(workload.path, imagePatch(workload, change))
      .catch((error: unknown) => {
        if (hasCode(error, "conflict", "invalid")) this.#refused.add(uid);
        throw error;
      });
    const image = fieldOf(after, workload.pointer.slice(1).split("/"));
    if (image === change.to) return;
    // Whoever rewrites it to a third one has set an image.
    if (image === change.from) this.#refused.add(uid);
    throw new ControllerError(
      "invalid",
      `${workload.what} was to get ${change.to}, and has ${image} instead`,
    );
  }

  async #deletePod(
    { uid, resourceVersion, isTakenAtOnce }: Extract<Act, { kind: "delete-pod" }>,
    { halt: { metadata, spec } }: Observation,
  ): Promise<void> {
    const path = objectPath(PODS, namespaceOf({ metadata }), spec.podName);
    // The API server must not take the pod away before its kubelet says that its process has ended.
    const grace = isTakenAtOnce ? { gracePeriodSeconds: LEAST_GRACE_SECONDS } : {};
    try {
      await this.#options.api.remove(path, uid, { resourceVersion, ...grace });
    } catch (error) {
      if (!hasCode(error, "not-found")) throw error;
    }
  }
}
