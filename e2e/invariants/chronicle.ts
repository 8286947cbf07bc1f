import type { KubernetesObject } from "@kubernetes/client-node";
import type { Api } from "../harness/api.ts";
import { NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";
import { type History, startHistory } from "../harness/history.ts";

/** Kinds of objects that the controller acts on, or whose state its acts rest on, and what is told of who did something. */
const PATHS = {
  Pod: "/api/v1/namespaces/NAMESPACE/pods",
  StatefulSet: "/apis/apps/v1/namespaces/NAMESPACE/statefulsets",
  Deployment: "/apis/apps/v1/namespaces/NAMESPACE/deployments",
  NodeHalt: "/apis/upgrade-halt.dev/v1alpha1/namespaces/NAMESPACE/nodehalts",
  HaltPolicy: "/apis/upgrade-halt.dev/v1alpha1/namespaces/NAMESPACE/haltpolicies",
  Event: "/api/v1/namespaces/NAMESPACE/events",
} as const;
export type Kind = keyof typeof PATHS;

/** Other pods are none of the controller's business, and may be large. */
const NODES = Object.entries(NODE_LABELS)
  .map(([name, value]) => `${name}=${value}`)
  .join();

/** One change of one object, as the API server told it. */
export interface Change {
  readonly kind: Kind;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubernetesObject;
  /** The server's counter: it orders the changes of all kinds. */
  readonly version: number;
}

/** Whether an object is gone with this change, or is asked to go. */
export function isDeletion({ type, object }: Change): boolean {
  return type === "DELETED" || object.metadata?.deletionTimestamp !== undefined;
}

/** Everything that happened to a namespace's objects since the chronicle was begun. */
export interface Chronicle {
  /** The changes so far, in the server's order. */
  read(): Promise<readonly Change[]>;
}

export async function beginChronicle(api: Api, namespace: string): Promise<Chronicle> {
  const kinds = Object.keys(PATHS) as Kind[];
  const histories = await Promise.all(
    kinds.map(async (kind): Promise<readonly [Kind, History<KubernetesObject>]> => {
      const path = PATHS[kind].replace("NAMESPACE", namespace);
      return [kind, await startHistory<KubernetesObject>(api, path, kind === "Pod" ? NODES : "")];
    }),
  );
  return {
    async read() {
      const changes = histories.map(async ([kind, history]) =>
        (await history.replay()).map((event): Change => ({ kind, ...event })),
      );
      return (await Promise.all(changes)).flat().toSorted((one, other) => one.version - other.version);
    },
  };
}
