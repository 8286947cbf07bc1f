import { type Conversation, MERGE } from "../conversation.ts";

const MAPS = "/api/v1/namespaces/$ns/configmaps";
const map = (name: string, labels: Record<string, string> = { suite: "s" }) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
});
const MINE = "labelSelector=suite";

/** Watches that end by their own timeout: framing, event types, selectors, bookmarks and what is too old. */
export const watches: Conversation = {
  name: "watches",
  steps: [
    { name: "start", path: `${MAPS}?${MINE}` },
    { name: "make", method: "POST", path: MAPS, body: map("one") },
    { name: "change", method: "PATCH", path: `${MAPS}/one`, headers: MERGE, body: { data: { a: "1" } } },
    {
      name: "change nothing",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: { data: { a: "1" } },
    },
    {
      name: "leave the selection",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: { metadata: { labels: { suite: null } } },
    },
    { name: "make two", method: "POST", path: MAPS, body: map("two") },
    { name: "delete two", method: "DELETE", path: `${MAPS}/two` },
    { name: "make three", method: "POST", path: MAPS, body: map("three") },
    {
      name: "what happened since",
      path: (earlier) =>
        `${MAPS}?watch=1&${MINE}&timeoutSeconds=1&resourceVersion=${earlier("start").metadata.resourceVersion}`,
    },
    { name: "from what is there", path: `${MAPS}?watch=true&${MINE}&timeoutSeconds=1` },
    { name: "from any version", path: `${MAPS}?watch=true&${MINE}&timeoutSeconds=1&resourceVersion=0` },
    {
      name: "one object by field",
      path: `${MAPS}?watch=true&fieldSelector=metadata.name%3Dthree&timeoutSeconds=1`,
    },
    {
      name: "nothing to see",
      path: (earlier) =>
        `${MAPS}?watch=1&labelSelector=none&timeoutSeconds=1&resourceVersion=${earlier("start").metadata.resourceVersion}`,
    },
    {
      name: "initial events, then a bookmark",
      path: `${MAPS}?watch=1&${MINE}&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
      // Whether the real one sends another bookmark within the second depends on its clock.
      ignore: ["2"],
    },
    {
      name: "initial events without their match",
      path: `${MAPS}?watch=1&timeoutSeconds=1&sendInitialEvents=true`,
    },
    { name: "from a malformed version", path: `${MAPS}?watch=1&timeoutSeconds=1&resourceVersion=abc` },
    { name: "by a malformed selector", path: `${MAPS}?watch=1&timeoutSeconds=1&labelSelector=a%20in%20b` },
    {
      name: "metadata alone",
      path: `${MAPS}?watch=1&${MINE}&timeoutSeconds=1`,
      headers: { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" },
    },
    { name: "the old path", path: `/api/v1/watch/namespaces/$ns/configmaps?${MINE}&timeoutSeconds=1` },
  ],
};
