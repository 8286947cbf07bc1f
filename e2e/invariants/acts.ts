import type { V1Deployment, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import type { HaltPolicy, NodeHalt } from "@upgrade-halt/mini-controller/api";
import { type Change, isDeletion, type Kind } from "./chronicle.ts";

export type Workload = V1StatefulSet | V1Deployment;

/** What was done for a halt, as its journal had announced it. Changes that no journal announced are other people's. */
export type Act =
  | {
      readonly kind: "set-image";
      readonly halt: NodeHalt;
      readonly before: Workload;
      readonly after: Workload;
      readonly image: string;
    }
  | {
      readonly kind: "delete-pod";
      readonly halt: NodeHalt;
      readonly pod: V1Pod;
      /** It was gone before anybody could say that its processes had ended. */
      readonly isForced: boolean;
    };

/** What the API server said of one namespace, change by change. It knows nothing of how the controller works. */
export class ClusterRecord {
  readonly #objects = new Map<string, Change>();
  /** Images that pods of a name, or on a claim, were seen running with. */
  readonly #ran = new Map<string, Set<string>>();
  /** Versions of policies, each with the change that replaced it. */
  readonly #policies: { readonly policy: HaltPolicy; until: number }[] = [];
  readonly #swapBegan = new Map<string, number>();
  readonly #rolloutDeletions: ReadonlySet<number>;

  /** @param rolloutDeletions versions at which a pod was deleted by its set's roll-out, and not for a halt */
  constructor(rolloutDeletions: ReadonlySet<number>) {
    this.#rolloutDeletions = rolloutDeletions;
  }

  /** The acts that a change is. Ask before the change is added. */
  actsIn(change: Change): readonly Act[] {
    const { kind, type, object, version } = change;
    const { name = "", uid = "" } = object.metadata ?? {};
    const before = this.#objects.get(`${kind}/${name}`)?.object;
    if (before === undefined || before.metadata?.uid !== uid) return [];
    if (kind === "Pod") {
      const isAsked = before.metadata?.deletionTimestamp !== undefined;
      if (isAsked || !isDeletion(change) || this.#rolloutDeletions.has(version)) return [];
      const halts = this.#halts().filter(({ status }) => status?.deletedPodUID === uid);
      const pod = before as V1Pod;
      const isOver = pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";
      const isForced = type === "DELETED" && !isOver && pod.spec?.nodeName !== undefined;
      return halts.map((halt) => ({ kind: "delete-pod", halt, pod, isForced }));
    }
    if ((kind !== "StatefulSet" && kind !== "Deployment") || type !== "MODIFIED") return [];
    return this.#halts().flatMap((halt): readonly Act[] => {
      const { workload, container } = halt.spec;
      const image = imageIn(object as Workload, container) ?? "";
      const isOurs = workload?.kind === kind && workload.name === name && halt.status?.phase === "Swapping";
      if (!isOurs || image !== halt.status?.toImage) return [];
      if (imageIn(before as Workload, container) === image) return [];
      return [{ kind: "set-image", halt, before: before as Workload, after: object as Workload, image }];
    });
  }

  add(change: Change): void {
    const { kind, type, object, version } = change;
    const { name = "" } = object.metadata ?? {};
    if (type === "DELETED") this.#objects.delete(`${kind}/${name}`);
    else this.#objects.set(`${kind}/${name}`, change);
    if (kind === "Pod") this.#noteImages(object as V1Pod);
    if (kind === "HaltPolicy") this.#notePolicy(object as unknown as HaltPolicy, type, version);
    if (kind === "NodeHalt") {
      const { metadata, status } = object as unknown as NodeHalt;
      const uid = metadata.uid ?? "";
      if (status?.phase === "Swapping" && !this.#swapBegan.has(uid)) this.#swapBegan.set(uid, version);
    }
  }

  pods(): readonly V1Pod[] {
    return this.#all<V1Pod>("Pod");
  }

  haltsOf(podName: string): readonly NodeHalt[] {
    return this.#halts().filter(({ spec }) => spec.podName === podName);
  }

  /** Every policy that stood at some moment since the halt's swap was journaled. */
  policiesSince({ metadata }: NodeHalt): readonly HaltPolicy[] {
    const since = this.#swapBegan.get(metadata.uid ?? "") ?? 0;
    return this.#policies.filter(({ until }) => until > since).map(({ policy }) => policy);
  }

  /** Whether a pod of this name, or one on its claim, ran with the image. */
  hasRun(podName: string, image: string): boolean {
    const pod = this.pods().find(({ metadata }) => metadata?.name === podName);
    const nodes = [podName, ...(pod === undefined ? [] : claimsOf(pod))];
    return nodes.some((node) => this.#ran.get(node)?.has(withoutDigest(image)));
  }

  #halts(): readonly NodeHalt[] {
    return this.#all<NodeHalt>("NodeHalt");
  }

  #all<T>(kind: Kind): readonly T[] {
    return [...this.#objects.values()]
      .filter((change) => change.kind === kind)
      .map(({ object }) => object as T);
  }

  #noteImages(pod: V1Pod): void {
    for (const { name, image = "" } of pod.spec?.containers ?? []) {
      if (!isRunning(pod.status?.containerStatuses?.find((one) => one.name === name))) continue;
      for (const node of [pod.metadata?.name ?? "", ...claimsOf(pod)])
        this.#ran.set(node, (this.#ran.get(node) ?? new Set()).add(withoutDigest(image)));
    }
  }

  #notePolicy(policy: HaltPolicy, type: Change["type"], version: number): void {
    const last = this.#policies.findLast((one) => one.policy.metadata.name === policy.metadata.name);
    if (last !== undefined) last.until = Math.min(last.until, version);
    if (type !== "DELETED") this.#policies.push({ policy, until: Number.POSITIVE_INFINITY });
  }
}

export function imageIn({ spec }: Workload, container: string): string | undefined {
  return spec?.template.spec?.containers.find(({ name }) => name === container)?.image;
}

export function isRunning(status: { readonly state?: { readonly running?: unknown } } | undefined): boolean {
  return status?.state?.running !== undefined;
}

export function claimsOf({ spec }: V1Pod): readonly string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

function withoutDigest(image: string): string {
  return image.split("@")[0] ?? "";
}
