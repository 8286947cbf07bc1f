import type { Dispatcher } from "undici";
import { mergeConditions } from "../api/condition.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import { ControllerError, hasCode } from "../controller-error.ts";
import { objectPath, PODS } from "../kube/paths.ts";
import type { KubeApi } from "../kube/types.ts";
import { type PageAttempt, sendPage } from "../paging/pager.ts";
import { imagePatch } from "../workloads/workload.ts";
import { between, type OnBoundary } from "./boundary.ts";
import type { HaltJournal } from "./halt-journal.ts";
import { timestamp } from "./journal.ts";
import type { Effect } from "./move.ts";
import type { Observation } from "./observation.ts";

export interface ActorOptions {
  readonly api: KubeApi;
  readonly pages: Dispatcher | undefined;
  readonly journal: HaltJournal;
  readonly onBoundary: OnBoundary;
  readonly now: () => number;
}

/** Longer than a receiver may take to answer. */
const CLAIM_MS = 4_000;

/** Does what the journal announced. Each effect is refused or does nothing when it was done before. */
export class Actor {
  readonly #options: ActorOptions;
  /** What came of attempts whose outcome could not be journaled yet, by the page's key: not to be made again. */
  readonly #unconfirmed = new Map<string, PageAttempt>();

  constructor(options: ActorOptions) {
    this.#options = options;
  }

  /** The halt after the effect: sending a page is journaled again, the others are seen in the world. */
  async perform(effect: Effect, observation: Observation): Promise<NodeHalt> {
    const { onBoundary } = this.#options;
    switch (effect.kind) {
      case "set-image":
        await between("set-image", onBoundary, () => this.#setImage(effect, observation));
        return observation.halt;
      case "delete-pod":
        await between("delete-pod", onBoundary, () => this.#deletePod(effect.uid, observation));
        return observation.halt;
      case "send-page":
        return await this.#sendPage(observation);
    }
  }

  async #setImage(
    { from, to }: Extract<Effect, { kind: "set-image" }>,
    { workload }: Observation,
  ): Promise<void> {
    if (workload.kind !== "found")
      throw new ControllerError("bad-reference", "the workload to change is not there");
    await this.#options.api.jsonPatch(workload.path, imagePatch(workload, from, to));
  }

  async #deletePod(uid: string, { halt: { metadata, spec } }: Observation): Promise<void> {
    const path = objectPath(PODS, metadata.namespace ?? "", spec.podName);
    try {
      await this.#options.api.remove(path, uid);
    } catch (error) {
      if (!hasCode(error, "not-found", "conflict")) throw error;
    }
  }

  /**
   * Claims the attempt in the journal, makes it, and journals what came of it. Of two that want to send at once only one
   * has its claim accepted; a claim whose owner died lapses.
   */
  async #sendPage({ halt: due, policy }: Observation): Promise<NodeHalt> {
    const { api, pages, journal, onBoundary, now } = this.#options;
    if (due.status?.page === undefined) return due;
    const page = { ...due.status.page, nextAttemptAt: timestamp(now() + CLAIM_MS) };
    const halt = await between("claim-page", onBoundary, () => journal.write(due, { ...due.status, page }));
    const attempt =
      this.#unconfirmed.get(page.key) ??
      (await between("send-page", onBoundary, () => sendPage(api, halt, policy, now, pages)));
    if (attempt === undefined) return halt;
    this.#unconfirmed.set(page.key, attempt);
    const conditions = mergeConditions(halt.status?.conditions ?? [], [attempt.condition], timestamp(now()));
    const status = { ...halt.status, page: attempt.page, conditions };
    const confirmed = await between("confirm-page", onBoundary, () => journal.write(halt, status));
    this.#unconfirmed.delete(page.key);
    return confirmed;
  }
}
