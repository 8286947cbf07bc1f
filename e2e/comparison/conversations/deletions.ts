import { type Conversation, MERGE } from "../conversation.ts";

const MAPS = "/api/v1/namespaces/$ns/configmaps";
const map = (name: string, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
});
const preconditions = (uid: string, resourceVersion?: string) => ({
  apiVersion: "v1",
  kind: "DeleteOptions",
  preconditions: { uid, ...(resourceVersion && { resourceVersion }) },
});
const OTHER = "00000000-0000-0000-0000-000000000000";

/** Preconditions, finalizers, owners and dry runs of deletions. */
export const deletions: Conversation = {
  name: "deletions",
  steps: [
    { name: "make", method: "POST", path: MAPS, body: map("one") },
    {
      name: "delete another uid",
      method: "DELETE",
      path: `${MAPS}/one`,
      body: preconditions(OTHER),
      ignore: ["message"],
    },
    {
      name: "delete another version",
      method: "DELETE",
      path: `${MAPS}/one`,
      body: (earlier) => preconditions(earlier("make").metadata.uid, "1"),
      ignore: ["message"],
    },
    {
      name: "delete dry by the body",
      method: "DELETE",
      path: `${MAPS}/one`,
      body: { apiVersion: "v1", kind: "DeleteOptions", dryRun: ["All"] },
    },
    {
      name: "delete dry in a way that is none",
      method: "DELETE",
      path: `${MAPS}/one`,
      body: { apiVersion: "v1", kind: "DeleteOptions", dryRun: ["Some"] },
    },
    { name: "delete dry", method: "DELETE", path: `${MAPS}/one?dryRun=All` },
    { name: "it is still there", path: `${MAPS}/one` },
    {
      name: "delete this uid",
      method: "DELETE",
      path: `${MAPS}/one`,
      body: (earlier) => preconditions(earlier("make").metadata.uid),
    },
    { name: "it is gone", path: `${MAPS}/one` },
    { name: "delete with malformed options", method: "DELETE", path: `${MAPS}/one`, body: "{" },
    {
      name: "make with a finalizer",
      method: "POST",
      path: MAPS,
      body: map("held", { finalizers: ["example.invalid/hold"] }),
    },
    {
      name: "delete what is held",
      method: "DELETE",
      path: `${MAPS}/held`,
      ignore: ["metadata.deletionTimestamp"],
    },
    { name: "it is terminating", path: `${MAPS}/held` },
    { name: "delete it again", method: "DELETE", path: `${MAPS}/held` },
    {
      name: "no new finalizer now",
      method: "PATCH",
      path: `${MAPS}/held`,
      headers: MERGE,
      body: { metadata: { finalizers: ["example.invalid/hold", "example.invalid/more"] } },
    },
    {
      name: "let it go",
      method: "PATCH",
      path: `${MAPS}/held`,
      headers: MERGE,
      body: { metadata: { finalizers: null } },
    },
    { name: "it went", path: `${MAPS}/held` },
    { name: "make an owner", method: "POST", path: MAPS, body: map("owner") },
    {
      name: "make what it owns",
      method: "POST",
      path: MAPS,
      body: (earlier) =>
        map("owned", {
          ownerReferences: [
            {
              apiVersion: "v1",
              kind: "ConfigMap",
              name: "owner",
              uid: earlier("make an owner").metadata.uid,
            },
          ],
        }),
    },
    { name: "delete the owner", method: "DELETE", path: `${MAPS}/owner` },
    { name: "what it owned is collected", path: `${MAPS}/owned`, until: ({ status }) => status === 404 },
    {
      name: "an owner without a uid",
      method: "POST",
      path: MAPS,
      body: map("bad", { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "owner" }] }),
    },
    {
      name: "make a namespace",
      method: "POST",
      path: "/api/v1/namespaces",
      body: { metadata: { name: "compare-deletions-inner" } },
    },
    {
      name: "make something in it",
      method: "POST",
      path: "/api/v1/namespaces/compare-deletions-inner/configmaps",
      body: map("one"),
    },
    {
      name: "delete the namespace",
      method: "DELETE",
      path: "/api/v1/namespaces/compare-deletions-inner",
      ignore: ["status.conditions"],
    },
    {
      name: "it goes",
      path: "/api/v1/namespaces/compare-deletions-inner",
      until: ({ status }) => status === 404,
    },
    { name: "and what was in it", path: "/api/v1/namespaces/compare-deletions-inner/configmaps/one" },
  ],
};
