import type { Dispatcher } from "undici";
import { mergeConditions } from "../api/condition.ts";
import { type NodeHalt, type NodeHaltStatus, type PageRecord, pagesOf } from "../api/node-halt.ts";
import { ControllerError, hasCode } from "../controller-error.ts";
import { objectPath, PODS } from "../kube/paths.ts";
import type { KubeApi } from "../kube/types.ts";
import { type PageAttempt, sendPage } from "../paging/pager.ts";
import { imagePatch } from "../workloads/workload.ts";
import { between, type Deed, type OnBoundary } from "./boundary.ts";
import type { HaltJournal } from "./halt-journal.ts";
import { resolving, timestamp } from "./journal.ts";
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
  /** What came of attempts whose outcome could not be journaled yet, by what was told: not to be made again. */
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
      case "resolve-page":
        return await this.#resolvePage(effect.key, observation);
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

  /** Sends the page that is due. */
  async #sendPage(observation: Observation): Promise<NodeHalt> {
    const page = observation.halt.status?.page;
    return page === undefined ? observation.halt : await this.#tell(observation, page, SENDING);
  }

  /** Tells that a page is over. */
  async #resolvePage(key: string, observation: Observation): Promise<NodeHalt> {
    const page = pagesOf(observation.halt).find((one) => one.key === key);
    if (page === undefined) return observation.halt;
    return await this.#tell(observation, resolving(page, timestamp(this.#options.now())), RESOLVING);
  }

  /**
   * Claims the attempt in the journal, makes it, and journals what came of it. Of two that want to make it at once only
   * one has its claim accepted; a claim whose owner died lapses.
   */
  async #tell({ halt: due, policy }: Observation, page: PageRecord, deeds: Telling): Promise<NodeHalt> {
    const { api, pages, journal, onBoundary, now } = this.#options;
    const claimed = { ...page, nextAttemptAt: timestamp(now() + CLAIM_MS) };
    const halt = await between(deeds.claim, onBoundary, () => journal.write(due, withPage(due, claimed)));
    const what = `${page.key} ${page.resolvedAt ?? ""}`;
    const attempt =
      this.#unconfirmed.get(what) ??
      (await between(deeds.send, onBoundary, () =>
        sendPage({ api, halt, page: claimed, policy, now, dispatcher: pages }),
      ));
    this.#unconfirmed.set(what, attempt);
    const status = withPage(halt, attempt.page);
    const isPresent = halt.status?.page?.key === page.key;
    const conditions = isPresent
      ? mergeConditions(halt.status?.conditions ?? [], [attempt.condition], timestamp(now()))
      : halt.status?.conditions;
    const confirmed = await between(deeds.confirm, onBoundary, () =>
      journal.write(halt, conditions === undefined ? status : { ...status, conditions }),
    );
    this.#unconfirmed.delete(what);
    return confirmed;
  }
}

/** Names of what is done one after the other to tell somebody something. */
interface Telling {
  readonly claim: Deed;
  readonly send: Deed;
  readonly confirm: Deed;
}

const SENDING: Telling = { claim: "claim-page", send: "send-page", confirm: "confirm-page" };
const RESOLVING: Telling = {
  claim: "claim-resolution",
  send: "send-resolution",
  confirm: "confirm-resolution",
};

/** The halt's status with this record in the place of the one that has its key. */
function withPage({ status = {} }: NodeHalt, record: PageRecord): NodeHaltStatus {
  const put = (page: PageRecord) => (page.key === record.key ? record : page);
  const { page, formerPages } = status;
  return {
    ...status,
    ...(page === undefined ? {} : { page: put(page) }),
    ...(formerPages === undefined ? {} : { formerPages: formerPages.map(put) }),
  };
}
