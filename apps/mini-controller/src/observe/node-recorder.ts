import { INFERRED_REACH_BLOCKS, REACH_BLOCKS } from "@upgrade-halt/consumer";
import { CodedError, hasCode, type KubeApi, messageOf, type Store } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { API_VERSION } from "../api/group.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { MAX_RAN_IMAGES, type NodeRecord, type NodeRecordStatus, type RanImage } from "../api/node-record.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { recordedChain } from "../judge/recorded-facts.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import { collectionPath, NODE_RECORDS, namespaceOf, objectPath } from "../kube/paths.ts";
import { isNear } from "../model/height-reach.ts";
import { type LiveStatus, movesIn, type Recalled } from "../model/live-status.ts";
import {
  deploymentOfRecord,
  lastingOwnerOf,
  nodeNameOf,
  recordNameOf,
  recordNamesOf,
} from "../model/node-name.ts";
import { containerOf, containerStatusOf, type Pod } from "../model/pod.ts";
import { revisionNameOf } from "../workloads/template-revision.ts";

export interface NodeRecorderOptions {
  readonly api: KubeApi;
  readonly records: Store<NodeRecord>;
  readonly log: Logger;
  readonly now: () => number;
}

/**
 * Writes down what a running node was seen to be, so that it outlives this process: which chain it is on, that it came
 * within reach of a listed height, and which images it made blocks on. A few writes for each upgrade, none for a block.
 */
export class NodeRecorder {
  readonly #options: NodeRecorderOptions;

  constructor(options: NodeRecorderOptions) {
    this.#options = options;
  }

  /** What was recorded of the pod's node. */
  recordOf(pod: Pod): NodeRecord | undefined {
    const { records } = this.#options;
    const named = recordNamesOf(pod).flatMap((name) => records.get(`${namespaceOf(pod)}/${name}`) ?? []);
    return named.find((record) => isOf(pod, record));
  }

  /**
   * What was seen before this process watched the pod. A height is of the very pod that told it: another one may have
   * other data. Chain and validator are the node's until it tells others.
   */
  recall(pod: Pod): Recalled | undefined {
    const { podUID, chainId, height, validatorAddress, alsoTold, restartCount } =
      this.recordOf(pod)?.status ?? {};
    if (chainId === undefined && validatorAddress === undefined) return undefined;
    const ofPod = { height, alsoTold, addressOf: restartCount };
    return { chainId, validatorAddress, ...(podUID === pod.metadata.uid && ofPod) };
  }

  /** When the recorded height was seen, in ms since the epoch. */
  heightAt(pod: Pod): number | undefined {
    const { seenAt } = this.recordOf(pod)?.status ?? {};
    return seenAt === undefined ? undefined : Date.parse(seenAt);
  }

  /**
   * Records what `live` says of the pod where a later decision may rest on it. `isLast`: the pod went.
   *
   * @throws {CodedError} where noting the pod again may help: the API server was busy or at fault, or the record of a pod that went
   * was written meanwhile.
   */
  async note(pod: Pod, policy: HaltPolicy, live: LiveStatus | undefined, isLast = false): Promise<void> {
    const known = this.recordOf(pod);
    const wanted =
      live && wantedStatus(known?.status, { pod, policy, live, isLast, now: this.#options.now() });
    if (wanted === undefined) return;
    try {
      await this.#write(pod, known, wanted);
    } catch (error) {
      const isMeanwhile = hasCode(error, "conflict", "already-exists");
      if (isMeanwhile ? isLast : mayPass(error)) throw error;
      if (!isMeanwhile)
        this.#options.log.warn({ node: nodeNameOf(pod), error: messageOf(error) }, "node not recorded");
    }
  }

  async #write(pod: Pod, known: NodeRecord | undefined, status: NodeRecordStatus): Promise<void> {
    const { api, records } = this.#options;
    const namespace = namespaceOf(pod);
    const name = recordNameOf(pod);
    const type = { apiVersion: API_VERSION, kind: "NodeRecord" } as const;
    const stale = records.get(`${namespace}/${name}`);
    if (known === undefined && stale !== undefined && !mayTake(pod, stale)) return;
    const record =
      stale ??
      (await api.create<NodeRecord>(collectionPath(NODE_RECORDS, namespace), {
        ...type,
        metadata: { name, namespace },
        spec: { node: nodeNameOf(pod) },
      }));
    const body = { ...record, ...type, status };
    records.put(await api.replace<NodeRecord>(objectPath(NODE_RECORDS, namespace, name, "status"), body));
  }
}

/** Whether a record is of the pod's node. A pod that nothing makes anew had no owner in its record, once. */
function isOf(pod: Pod, { status }: NodeRecord): boolean {
  const owner = lastingOwnerOf(pod);
  return status?.ownerUID === owner || (status?.ownerUID === undefined && status?.podUID === owner);
}

/** Whether a pod may take over the record that another one has under its name: none takes a Deployment's, or a workload's if nobody made it. */
function mayTake(pod: Pod, record: NodeRecord): boolean {
  const { name } = record.metadata;
  if (recordNameOf(pod) !== pod.metadata.name) return true;
  if (deploymentOfRecord(name) !== undefined && record.status?.ownerUID === undefined) return false;
  return controllerRefOf(pod) !== undefined || isOfSuchPod(record);
}

function isOfSuchPod({ status }: NodeRecord): boolean {
  return status === undefined || (status.podUID !== undefined && status.ownerUID === status.podUID);
}

/** Whether the same write may be taken later. */
function mayPass(error: unknown): boolean {
  const isAskedToWait = error instanceof CodedError && error.retryAfterMs !== undefined;
  return isAskedToWait || hasCode(error, "server-error", "timeout", "unreachable", "too-many-requests");
}

interface Sight {
  readonly pod: Pod;
  readonly policy: HaltPolicy;
  readonly live: LiveStatus;
  readonly isLast: boolean;
  readonly now: number;
}

/** The status to write, or `undefined` while it would say nothing that matters. */
function wantedStatus(known: NodeRecordStatus | undefined, sight: Sight): NodeRecordStatus | undefined {
  const { pod, policy, live, isLast, now } = sight;
  const { height, validatorAddress, alsoTold, addressOf } = live;
  const chainId = recordedChain(live.chainId);
  const { uid } = pod.metadata;
  if (height === undefined && alsoTold === undefined) return undefined;
  const isOtherChain = chainId !== undefined && known?.chainId !== undefined && chainId !== known.chainId;
  const ran = isOtherChain ? [] : (known?.images ?? []);
  const images = imagesWith(ran, sight);
  const before = known?.podUID === uid ? known : undefined;
  const reaches =
    policy.spec.inferredHalts === "Ignore" ? [REACH_BLOCKS] : [REACH_BLOCKS, INFERRED_REACH_BLOCKS];
  const movesReach = policy.spec.upgrades.some((upgrade) =>
    reaches.some(
      (reach) => isNear(height, upgrade.height, reach) !== isNear(before?.height, upgrade.height, reach),
    ),
  );
  const isNews =
    (chainId !== undefined && chainId !== before?.chainId) ||
    (validatorAddress !== undefined && validatorAddress !== before?.validatorAddress) ||
    alsoTold?.length !== before?.alsoTold?.length ||
    (typeof addressOf === "number" && addressOf !== before?.restartCount);
  const isSeen = isLast && live.sighting !== undefined;
  if (images === undefined && !movesReach && !isNews && !isSeen) return undefined;
  const ownerUID = lastingOwnerOf(pod);
  return {
    ...(uid === undefined ? {} : { podUID: uid }),
    ...(ownerUID === undefined ? {} : { ownerUID }),
    ...(chainId === undefined ? {} : { chainId }),
    ...(validatorAddress === undefined ? {} : { validatorAddress }),
    ...(alsoTold === undefined || alsoTold.length === 0 ? {} : { alsoTold: [...alsoTold] }),
    ...(typeof addressOf === "number" ? { restartCount: addressOf } : {}),
    ...(height === undefined ? {} : { height }),
    seenAt: timestamp(now),
    images: [...(images ?? ran)],
  };
}

/** The images with the present one first, where it makes blocks and was not first, or its pod went. */
function imagesWith(
  known: readonly RanImage[],
  { pod, policy, live, isLast, now }: Sight,
): readonly RanImage[] | undefined {
  const { container } = policy.spec;
  const status = containerStatusOf(pod, container);
  const image = containerOf(pod, container)?.image;
  const { height = 0, run } = live;
  // One block is enough to be recorded: an image that may have applied a plan stands between the node and the images before.
  const mayMakeBlocks = run === (status?.restartCount ?? 0) && movesIn(live);
  if (image === undefined) return undefined;
  const [first, ...rest] = known;
  const revision = revisionNameOf(pod);
  const entry: RanImage = {
    image,
    ...imageIdOf(status?.imageID),
    ...(revision === undefined ? {} : { revision }),
    height,
    at: timestamp(now),
  };
  if (first?.image === image && first.imageID === entry.imageID && first.revision === revision)
    return isLast && live.sighting !== undefined ? [entry, ...rest] : undefined;
  if (!mayMakeBlocks) return undefined;
  return [entry, ...known.filter((other) => other.image !== image || other.imageID !== entry.imageID)].slice(
    0,
    MAX_RAN_IMAGES,
  );
}

function imageIdOf(imageID: string | undefined): { readonly imageID?: string } {
  return imageID === undefined || imageID === "" ? {} : { imageID };
}
