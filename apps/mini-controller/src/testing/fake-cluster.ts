import { createHash } from "node:crypto";
import type { StatusResult } from "@upgrade-halt/consumer";
import {
  decodeHaltIntent,
  exitCode,
  type HaltReason,
  reasonToken,
  ShutdownReason,
} from "@upgrade-halt/contract";
import type { KubeObject } from "@upgrade-halt/kube";
import { API_VERSION, PURPOSE, PURPOSE_PAGING } from "../api/group.ts";
import { type HaltPolicy, HaltPolicySpecSchema } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import type { NodeRecord } from "../api/node-record.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import {
  CONTROLLER_REVISIONS,
  collectionPath,
  HALT_POLICIES,
  NODE_HALTS,
  NODE_RECORDS,
  objectPath,
  PODS,
  type Resource,
  SECRETS,
  STATEFUL_SETS,
} from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import type { TemplatedWorkload } from "../workloads/pod-template.ts";
import { FakeApi } from "./fake-api.ts";

export const NAMESPACE = "sei";
export const CONTAINER = "seid";
export const LABELS = { "app.kubernetes.io/name": "mock-node" };

/**
 * What a node with this image does at this height: run (`undefined`), halt, crash and run again, or end with 2 as a Go
 * program that panicked. What a node that panics wrote is in its log alone.
 */
export type Behaviour = (image: string, height: number) => HaltReason | "crash" | "panic" | undefined;

/** A chain whose plan v6.7 is due at 30. */
export const onePlan: Behaviour = (image, height) => {
  if (image.endsWith("v6.6") && height >= 30) return ShutdownReason.UpgradeRequired;
  if (image.endsWith("v6.6") && height > 60) return ShutdownReason.DowngradeDetected;
  return image.endsWith("v6.8") ? ShutdownReason.BinaryTooNew : undefined;
};

const LINES: Readonly<Record<HaltReason, (image: string) => string>> = {
  [ShutdownReason.UpgradeRequired]: (image) => `UPGRADE "${planOf(image)}" NEEDED at height: 30: `,
  [ShutdownReason.BinaryTooNew]: () =>
    'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.8" - in binary but not executed on chain',
  [ShutdownReason.DowngradeDetected]: () =>
    "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan",
};

/** Images whose names end in this wait for a plan of their own. */
export const WRONG = "-wrong";
export const WRONG_PLAN = "v6.7-wrong";

/** Images whose names end in this wait for a plan that nobody lists. */
export const SKIPPED = "-skipped";

function planOf(image: string): string {
  if (image.endsWith(SKIPPED)) return `v6.7${SKIPPED}`;
  return image.endsWith(WRONG) ? WRONG_PLAN : "v6.7";
}

/**
 * A cluster in memory: StatefulSets make pods, a kubelet runs them by a behaviour, and what happened to images and
 * pods is counted. It moves on whenever something was written.
 */
export class FakeCluster {
  readonly api = new FakeApi();
  /** Images that each StatefulSet was set to, in order, and names of pods that somebody deleted. */
  readonly imagesSet: string[] = [];
  readonly podsDeleted: string[] = [];
  behave: Behaviour;
  height = 20;
  /** What a pod's node wrote. May throw. */
  logOf: (podName: string) => string = () => "";
  /** How often a log was asked for. */
  logReads = 0;
  /** Milliseconds by which the nodes' `/status` is read later than it is. */
  later = 0;
  /** What running nodes announce as `halt_intent` on `/status`. */
  intent: unknown;
  /** The validator address that a running pod tells. */
  validatorOf: (podName: string) => string | undefined = () => undefined;
  /** Whether a halted pod's phase is Failed, which makes its StatefulSet delete it and make it again. */
  failedPods = false;
  /** What an admission webhook makes of the image of each pod. */
  rewrite: (image: string) => string = (image) => image;
  /** Names of the pods that run and do not answer. */
  readonly silent = new Set<string>();
  /** How often a node's `/status` was asked for. */
  statusAsked = 0;
  /** Names of the pods whose `/status` was read. */
  readonly statusReads = new Set<string>();
  /** The height that each pod told last. */
  readonly heightsTold = new Map<string, number>();
  /** Whether a node may halt although nobody has read its status yet. */
  unread = false;
  /** When each container that begins to run says that it did. */
  startedAt = "2026-01-01T00:00:00Z";
  /** How many pods were made. */
  podsMade = 0;
  readonly #skipped = new Set<string>();
  #moving = false;
  #again = false;

  constructor(behave: Behaviour = onePlan) {
    this.behave = behave;
    this.api.logOf = (path) => {
      this.logReads += 1;
      return this.logOf(path.split("/").at(-2) ?? "");
    };
    this.api.onWrite = (before, after) => this.#onWrite(before, after);
  }

  async addPolicy(spec: object = {}, name = "sei"): Promise<void> {
    const full = HaltPolicySpecSchema.parse({
      selector: { matchLabels: LABELS },
      chainId: "test",
      container: CONTAINER,
      allowTags: true,
      maxConcurrent: 10,
      upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }],
      ...spec,
    });
    const body = {
      apiVersion: API_VERSION,
      kind: "HaltPolicy",
      metadata: { name, namespace: NAMESPACE },
      spec: full,
    };
    await this.api.create(collectionPath(HALT_POLICIES, NAMESPACE), body);
  }

  async changePolicy(spec: object, name = "sei"): Promise<void> {
    await this.api.mergePatch(objectPath(HALT_POLICIES, NAMESPACE, name), { spec });
  }

  async addNode(name: string, version = "v6.6", podSpec: object = {}): Promise<void> {
    const template = {
      metadata: { labels: LABELS },
      spec: {
        ...podSpec,
        containers: [
          { name: CONTAINER, image: image(version), ports: [{ name: "rpc", containerPort: 26657 }] },
        ],
      },
    };
    const body = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name, namespace: NAMESPACE },
      spec: {
        replicas: 1,
        selector: { matchLabels: LABELS },
        updateStrategy: { type: "OnDelete" },
        template,
      },
    };
    await this.api.create(collectionPath(STATEFUL_SETS, NAMESPACE), body);
  }

  async addSecret(name: string, data: Record<string, string>): Promise<void> {
    const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)]));
    const body = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace: NAMESPACE, labels: { [PURPOSE]: PURPOSE_PAGING } },
      data: encoded,
    };
    await this.api.create(collectionPath(SECRETS, NAMESPACE), body);
  }

  /** Runs a halted pod's process again, in the same pod: its operator skipped the upgrade. */
  restart(name: string): void {
    const pod = this.pods().find(({ metadata }) => metadata.name === name);
    const [container] = pod?.status?.containerStatuses ?? [];
    if (container?.state?.terminated === undefined) return;
    const run = { restartCount: (container.restartCount ?? 0) + 1, lastState: container.state };
    const containerStatuses = [
      { name: CONTAINER, ...run, state: { running: { startedAt: new Date().toISOString() } } },
    ];
    void this.api.mergePatch(objectPath(PODS, NAMESPACE, name, "status"), { status: { containerStatuses } });
    this.#skipped.add(name);
  }

  /** Ends a process that was started again, as its image does at the present height. */
  haltAgain(name: string): void {
    const pod = this.pods().find(({ metadata }) => metadata.name === name);
    const [container] = pod?.status?.containerStatuses ?? [];
    const tag = withoutDigest(pod?.spec.containers[0]?.image ?? "");
    const does = this.behave(tag, this.height);
    if (container === undefined || does === undefined || does === "crash" || does === "panic") return;
    const containerStatuses = [{ ...container, state: { terminated: endedBy(does, tag) } }];
    void this.api.mergePatch(objectPath(PODS, NAMESPACE, name, "status"), { status: { containerStatuses } });
  }

  /** Lets the chain reach `height`, and every node do what it does there. */
  reach(height: number): void {
    this.height = height;
    this.#move();
  }

  halts(): readonly NodeHalt[] {
    return this.#all<NodeHalt>(NODE_HALTS);
  }

  /** Whether the status of every node was read at least once. */
  get isRead(): boolean {
    const names = this.#all<TemplatedWorkload>(STATEFUL_SETS).map(({ metadata }) => `${metadata.name}-0`);
    const isGoverned = this.#all(HALT_POLICIES).length > 0;
    return this.unread || !isGoverned || names.every((name) => this.statusReads.has(name));
  }

  policy(name = "sei"): HaltPolicy {
    return this.#all<HaltPolicy>(HALT_POLICIES).find(({ metadata }) => metadata.name === name) as HaltPolicy;
  }

  records(): readonly NodeRecord[] {
    return this.#all<NodeRecord>(NODE_RECORDS);
  }

  pods(): readonly Pod[] {
    return this.#all<Pod>(PODS);
  }

  /** `/status` of the pod with the address in `url`, if its process runs. */
  readonly readNode = async (url: string): Promise<StatusResult> => {
    const pod = this.pods().find(({ status }) => url.includes(`//${status?.podIP}:`));
    const at = Date.now() + this.later;
    this.statusAsked += 1;
    const isRunning = pod?.status?.containerStatuses?.[0]?.state?.running !== undefined;
    if (pod === undefined || !isRunning || this.silent.has(pod.metadata.name)) {
      return { kind: "unreachable", at, problem: "connection refused" };
    }
    if (!this.statusReads.has(pod.metadata.name)) {
      this.statusReads.add(pod.metadata.name);
      this.#move();
    }
    this.heightsTold.set(pod.metadata.name, this.height);
    const validatorAddress = this.validatorOf(pod.metadata.name);
    const haltIntent = decodeHaltIntent(this.intent);
    const node = { height: this.height, chainId: "test", haltIntent, validatorAddress };
    return { kind: "ok", at, envelope: "bare", node };
  };

  #all<T extends KubeObject>(resource: Resource): readonly T[] {
    const prefix = `${collectionPath(resource, NAMESPACE)}/`;
    return [...this.api.objects].flatMap(([key, object]) =>
      key.startsWith(prefix) ? [object as unknown as T] : [],
    );
  }

  #onWrite(before: KubeObject | undefined, after: KubeObject | undefined): void {
    const [was, is] = [imageIn(before), imageIn(after)];
    if (before !== undefined && is !== undefined && was !== is)
      this.imagesSet.push(`${before.metadata.name} ${withoutDigest(is)}`);
    if (after === undefined && before?.kind === "Pod") this.podsDeleted.push(before.metadata.uid ?? "");
    this.#move();
  }

  #move(): void {
    this.#again = true;
    if (this.#moving) return;
    this.#moving = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#turn();
    }
    this.#moving = false;
  }

  async #turn(): Promise<void> {
    for (const set of this.#all<TemplatedWorkload>(STATEFUL_SETS)) await this.#runStatefulSet(set);
    for (const pod of this.pods()) await this.#runPod(pod);
  }

  async #runStatefulSet(set: TemplatedWorkload): Promise<void> {
    const { name, generation = 1, uid = "" } = set.metadata;
    const ownerReferences = [{ apiVersion: "apps/v1", kind: "StatefulSet", name, uid, controller: true }];
    if ((set.status?.observedGeneration ?? 0) < generation) {
      const path = objectPath(STATEFUL_SETS, NAMESPACE, name, "status");
      await this.api.mergePatch(path, {
        status: { observedGeneration: generation, updateRevision: revisionOf(set) },
      });
      await this.#recordRevision(set, ownerReferences);
    }
    const pod = `${name}-0`;
    const made = this.pods().find(({ metadata }) => metadata.name === pod);
    if (this.failedPods && made?.status?.phase === "Failed" && this.podsMade < 8)
      this.api.drop(objectPath(PODS, NAMESPACE, pod));
    if (this.api.objects.has(objectPath(PODS, NAMESPACE, pod))) return;
    this.podsMade += 1;
    const present = this.#all<TemplatedWorkload>(STATEFUL_SETS).find(
      ({ metadata }) => metadata.name === name,
    );
    if (present === undefined) return;
    const labels = { ...LABELS, "controller-revision-hash": revisionOf(present) };
    const metadata = { name: pod, namespace: NAMESPACE, labels, ownerReferences };
    const { containers } = present.spec.template.spec;
    const admitted = containers.map((each) => ({ ...each, image: this.rewrite(each.image) }));
    const spec = { ...present.spec.template.spec, containers: admitted };
    await this.api.create(collectionPath(PODS, NAMESPACE), { kind: "Pod", metadata, spec });
  }

  /** Makes the ControllerRevision of the present template the newest. */
  async #recordRevision(set: TemplatedWorkload, ownerReferences: object): Promise<void> {
    const own = this.#all<KubeObject & { readonly revision: number }>(CONTROLLER_REVISIONS).filter(
      (revision) => controllerRefOf(revision)?.uid === set.metadata.uid,
    );
    const newest = Math.max(0, ...own.map(({ revision }) => revision));
    const name = revisionOf(set);
    const known = own.find((revision) => revision.metadata.name === name);
    if (known?.revision === newest) return;
    const revision = newest + 1;
    if (known !== undefined) {
      await this.api.mergePatch(objectPath(CONTROLLER_REVISIONS, NAMESPACE, name), { revision });
      return;
    }
    await this.api.create(collectionPath(CONTROLLER_REVISIONS, NAMESPACE), {
      ...{ metadata: { name, namespace: NAMESPACE, ownerReferences }, revision },
      data: { spec: { template: set.spec.template } },
    });
  }

  async #runPod(pod: Pod): Promise<void> {
    const { name, uid = "" } = pod.metadata;
    const [container] = pod.spec.containers;
    const known = pod.status?.containerStatuses?.[0];
    if (this.#skipped.has(name)) return;
    const isSeen = this.unread || this.statusReads.has(name);
    const does = isSeen ? this.behave(withoutDigest(container?.image ?? ""), this.height) : undefined;
    if (known !== undefined && (known.state?.terminated !== undefined || does === undefined)) return;
    const { startedAt } = this;
    const state =
      does === undefined || does === "crash"
        ? { running: { startedAt } }
        : { terminated: does === "panic" ? PANICKED : endedBy(does, withoutDigest(container?.image ?? "")) };
    const lastState = does === "crash" ? { terminated: { exitCode: 2, reason: "Error", startedAt } } : {};
    const restartCount = does === "crash" ? 1 : 0;
    if (known?.restartCount === restartCount && does === "crash") return;
    const imageID = idOf(container?.image ?? "");
    const containerStatuses = [{ name: CONTAINER, restartCount, state, lastState, imageID }];
    const phase = this.failedPods && does !== undefined && does !== "crash" ? "Failed" : "Running";
    const status = { phase, podIP: `10.0.0.${uid.replace("uid-", "")}`, containerStatuses };
    await this.api.mergePatch(objectPath(PODS, NAMESPACE, name, "status"), { status });
  }
}

export function image(version: string): string {
  return `upgrade-halt.dev/mock-node:${version}`;
}

/** The image by digest, as a kubelet reports what it runs. */
export function idOf(image: string): string {
  const name = withoutDigest(image);
  const digest = createHash("sha256").update(name).digest("hex");
  return `${name.slice(0, name.lastIndexOf(":"))}@sha256:${digest}`;
}

/** Name of the ControllerRevision that has a set's present template. */
function revisionOf({ metadata, spec }: TemplatedWorkload): string {
  const [container] = spec.template.spec.containers;
  const hash = createHash("sha256").update(`${container?.image}`).digest("hex").slice(0, 10);
  return `${metadata.name}-${hash}`;
}

function withoutDigest(image: string): string {
  return image.split("@")[0] ?? image;
}

const PANICKED = {
  exitCode: 2,
  reason: "Error",
  startedAt: "2026-01-01T00:00:00Z",
  finishedAt: "2026-08-21T18:00:00Z",
};

function endedBy(reason: HaltReason, image: string) {
  return {
    exitCode: exitCode(reason),
    reason: "Error",
    message: `${reasonToken(reason)}\n${LINES[reason](image)}\n`,
  };
}

function imageIn(object: KubeObject | undefined): string | undefined {
  if (object?.kind !== "StatefulSet") return undefined;
  return (object as TemplatedWorkload).spec.template.spec.containers[0]?.image;
}
