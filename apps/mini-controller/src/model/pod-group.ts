import type { Pod } from "./pod.ts";

/** `spec.updateStrategy` of a StatefulSet, as far as it is read. */
export interface UpdateStrategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly partition?: number };
}

/** How the owner of pods reacts to a change of their template. */
export type Strategy =
  /** A StatefulSet that replaces no pod by itself, or a ReplicaSet that no Deployment controls. */
  | { readonly kind: "OnDelete" }
  /** A StatefulSet that replaces its pods from the last to the one with index `partition`. */
  | {
      readonly kind: "RollingUpdate";
      readonly partition: number;
      /** `spec.updateStrategy` as it is: the partition need not be there (defaults.go, kubernetes 1.35). */
      readonly written?: UpdateStrategy | undefined;
    }
  /** A StatefulSet that replaces its pods in a way that is not known here, such as Recreate of kubernetes 1.37. */
  | { readonly kind: "Unknown" }
  /** A Deployment that ends its old pods before it makes new ones. */
  | { readonly kind: "Recreate"; readonly replicas: number }
  /** A Deployment that makes new pods beside the old ones. */
  | { readonly kind: "Surge"; readonly replicas: number };

/** Pods that one object controls and makes from one template. */
export interface PodGroup {
  readonly what: string;
  /** UID in the controller references of its pods. */
  readonly uid: string;
  readonly strategy: Strategy;
  /** Names that its pods must have, in the order of their ordinals; a ReplicaSet's pods have names of their own. */
  readonly podNames: readonly string[];
  /** Labels that the template gives its pods. */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
  /** What the template gives them to run and to mount, as the API server has it. */
  readonly podSpec?: Pod["spec"] | undefined;
  /** A missing pod is made only once each of a lower ordinal is ready: a StatefulSet's way, unless it says otherwise. */
  readonly isOrdered?: boolean | undefined;
  /** How many pods there should be, where they have names of their own. */
  readonly wanted?: number | undefined;
  /** Revision that a new pod gets, and the one that pods below a partition keep, as far as its controller said. */
  readonly updateRevision?: string | undefined;
  readonly currentRevision?: string | undefined;
  readonly image: string | undefined;
}
