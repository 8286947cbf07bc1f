export { backoffMs } from "./backoff.ts";
export { type ClusterAccess, clusterAccessOf, loadClusterAccess } from "./cluster-access.ts";
export { CodedError, hasCode, messageOf } from "./coded-error.ts";
export { FairQueue } from "./fair-queue.ts";
export { fencedDispatcher } from "./fenced-dispatcher.ts";
export { repositoryOf } from "./image-name.ts";
export { Informer, type InformerOptions, RESTART_REASONS, type RestartReason } from "./informer.ts";
export { jsonLines } from "./json-lines.ts";
export { KeyQueue, type KeyQueueOptions, type Outcome } from "./key-queue.ts";
export { KubeClient, type KubeClientOptions } from "./kube-client.ts";
export { KubeError, type KubeErrorCode } from "./kube-error.ts";
export { listPages, listWanted, PAGE, type PageSizes } from "./list-pages.ts";
export type { ObjectMeta, OwnerReference } from "./object-meta.ts";
export { isOlderVersion, keyOf, namespaceOfKey, Store } from "./store.ts";
export type {
  BoundedText,
  JsonPatchOperation,
  KubeApi,
  KubeList,
  KubeObject,
  Query,
  RemoveOptions,
  WatchEvent,
} from "./types.ts";
export { METADATA_LIST } from "./types.ts";
