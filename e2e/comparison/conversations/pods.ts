import type { Conversation } from "../conversation.ts";

const PODS = "/api/v1/namespaces/$ns/pods";
const eviction = (more: object = {}, name = "one") => ({
  apiVersion: "policy/v1",
  kind: "Eviction",
  metadata: { name },
  ...more,
});
/** Where a pod runs and how it fares is the kubelet's. */
const ignore = ["spec", "status", "metadata.generation"];
const log = (options: string): string => `${PODS}/one/log?${options}`;

/** Evictions and dry runs of them, and what is asked of a log before a kubelet is. */
export const pods: Conversation = {
  name: "pods",
  steps: [
    {
      name: "make",
      method: "POST",
      path: PODS,
      body: {
        metadata: { name: "one" },
        spec: { containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }] },
      },
      ignore,
    },
    {
      name: "evict dry by the body",
      method: "POST",
      path: `${PODS}/one/eviction`,
      body: eviction({ deleteOptions: { dryRun: ["All"] } }),
    },
    {
      name: "evict dry by the query",
      method: "POST",
      path: `${PODS}/one/eviction?dryRun=All`,
      body: eviction(),
    },
    {
      name: "evict another uid",
      method: "POST",
      path: `${PODS}/one/eviction`,
      body: eviction({ deleteOptions: { preconditions: { uid: "00000000-0000-0000-0000-000000000000" } } }),
      ignore: ["message", "details"],
    },
    { name: "evict another name", method: "POST", path: `${PODS}/one/eviction`, body: eviction({}, "two") },
    {
      name: "evict one that is not there",
      method: "POST",
      path: `${PODS}/two/eviction`,
      body: eviction({}, "two"),
    },
    { name: "delete all dry", method: "DELETE", path: `${PODS}?dryRun=All`, ignore: ["items"] },
    { name: "it is still there", path: `${PODS}/one`, ignore },
    { name: "log of a container that is not there", path: log("container=other") },
    { name: "log of less than no lines", path: log("tailLines=-1") },
    { name: "log of no bytes", path: log("limitBytes=0") },
    { name: "log since no seconds", path: log("sinceSeconds=0") },
    { name: "log since twice", path: log("sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z") },
  ],
};
