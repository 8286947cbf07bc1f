import { type ClusterAccess, KubeClient, type KubeClientOptions } from "@upgrade-halt/kube";
import type { Json, JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

/** The client of an API server, whose objects are plain JSON here. Every method rejects with a `KubeError`. */
export interface ApiClient extends Pick<KubeClient, "server" | "close" | "list" | "watch" | "lines"> {
  get(path: string): Promise<KubeObject>;
  create(path: string, body: JsonObject): Promise<KubeObject>;
  mergePatch(path: string, body: Json & object): Promise<KubeObject>;
  strategicMergePatch(path: string, body: Json & object): Promise<KubeObject>;
  apply(path: string, body: JsonObject): Promise<KubeObject>;
  delete(path: string, options?: JsonObject): Promise<KubeObject>;
}

/** A client of the cluster that `access` names: it follows the log of every node, each over a connection of its own. */
export function connect(access: ClusterAccess, options: KubeClientOptions): Promise<ApiClient> {
  return KubeClient.connect(access, { connections: null, ...options });
}
