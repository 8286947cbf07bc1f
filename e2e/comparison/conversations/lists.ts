import { type Conversation, TABLE } from "../conversation.ts";

const MAPS = "/api/v1/namespaces/$ns/configmaps";
const map = (name: string, labels: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
});
const MINE = "labelSelector=suite";
const selector = (text: string) => `${MAPS}?labelSelector=${encodeURIComponent(text)}`;
const fields = (text: string) => `${MAPS}?${MINE}&fieldSelector=${encodeURIComponent(text)}`;

/** Selectors, pages, tables and metadata-only lists. */
export const lists: Conversation = {
  name: "lists",
  steps: [
    { name: "make a", method: "POST", path: MAPS, body: map("a", { suite: "s", tier: "one" }) },
    { name: "make b", method: "POST", path: MAPS, body: map("b", { suite: "s", tier: "two" }) },
    { name: "make c", method: "POST", path: MAPS, body: map("c", { suite: "s", tier: "two", extra: "yes" }) },
    { name: "by equality", path: selector("suite=s,tier=two") },
    { name: "by double equality", path: selector("tier==one") },
    { name: "by inequality", path: selector("suite,tier!=two") },
    { name: "by set", path: selector("tier in (one,two),extra notin (yes)") },
    { name: "by absence", path: selector("suite,!extra") },
    { name: "by a malformed selector", path: selector("tier in one") },
    { name: "by name", path: fields("metadata.name=b") },
    { name: "by another name", path: fields("metadata.name!=b") },
    { name: "by a field that has no index", path: fields("data.a=1") },
    { name: "by a malformed field selector", path: fields("metadata.name") },
    { name: "nothing", path: selector("suite=none") },
    { name: "first page", path: `${MAPS}?${MINE}&limit=2`, ignore: ["metadata.continue"] },
    {
      name: "second page",
      path: (earlier) =>
        `${MAPS}?${MINE}&limit=2&continue=${encodeURIComponent(earlier("first page").metadata.continue)}`,
    },
    { name: "a page that never was", path: `${MAPS}?continue=nonsense` },
    { name: "at any version", path: `${MAPS}?${MINE}&resourceVersion=0` },
    {
      name: "at a version to come",
      path: `${MAPS}?resourceVersion=999999999`,
      ignore: ["message", "details.causes", "details.retryAfterSeconds"],
    },
    { name: "at a malformed version", path: `${MAPS}?resourceVersion=abc` },
    {
      name: "as a table",
      path: `${MAPS}?${MINE}`,
      headers: TABLE,
      ignore: ["rows.*.cells", "columnDefinitions.*.description"],
    },
    {
      name: "one as a table",
      path: `${MAPS}/a`,
      headers: TABLE,
      ignore: ["rows.*.cells", "columnDefinitions.*.description"],
    },
    {
      name: "metadata alone",
      path: `${MAPS}?${MINE}`,
      headers: { accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" },
    },
    {
      name: "one's metadata alone",
      path: `${MAPS}/a`,
      headers: { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" },
    },
    { name: "in a form that none speaks", path: MAPS, headers: { accept: "text/html" } },
    { name: "of a namespace that is not there", path: "/api/v1/namespaces/nowhere/configmaps" },
    { name: "delete by selector", method: "DELETE", path: selector("tier=two") },
    { name: "what the deletion left", path: `${MAPS}?${MINE}` },
  ],
};
