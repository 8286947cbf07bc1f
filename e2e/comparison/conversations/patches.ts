import { APPLY, type Conversation, JSON_PATCH, MERGE, STRATEGIC } from "../conversation.ts";

const MAPS = "/api/v1/namespaces/$ns/configmaps";
const SETS = "/apis/apps/v1/namespaces/$ns/deployments";

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "one" },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: "one" } },
    template: {
      metadata: { labels: { app: "one" } },
      spec: {
        containers: [
          { name: "a", image: "example.invalid/a:1", env: [{ name: "X", value: "1" }] },
          { name: "b", image: "example.invalid/b:1" },
        ],
      },
    },
  },
};
const STATUS = ["status", "metadata.annotations", "metadata.generation"];

/** Every type of patch, what each refuses, and preconditions by resourceVersion. */
export const patches: Conversation = {
  name: "patches",
  steps: [
    {
      name: "make",
      method: "POST",
      path: MAPS,
      body: { metadata: { name: "one", labels: { keep: "yes" } }, data: { a: "1", b: "2" } },
    },
    {
      name: "merge",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: { data: { a: null, c: "3" } },
    },
    { name: "merge nothing", method: "PATCH", path: `${MAPS}/one`, headers: MERGE, body: {} },
    {
      name: "merge at an old version",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: (earlier) => ({
        metadata: { resourceVersion: earlier("make").metadata.resourceVersion },
        data: { d: "4" },
      }),
    },
    {
      name: "merge another uid",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: { metadata: { uid: "00000000-0000-0000-0000-000000000000" } },
    },
    {
      name: "merge another name",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: { metadata: { name: "two" } },
    },
    { name: "merge what is no JSON", method: "PATCH", path: `${MAPS}/one`, headers: MERGE, body: "{" },
    {
      name: "merge a wrong type",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: MERGE,
      body: { data: { e: 5 } },
    },
    {
      name: "merge into what is not there",
      method: "PATCH",
      path: `${MAPS}/nowhere`,
      headers: MERGE,
      body: { data: { a: "1" } },
    },
    {
      name: "json patch",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: JSON_PATCH,
      body: [
        { op: "test", path: "/data/b", value: "2" },
        { op: "replace", path: "/data/b", value: "20" },
        { op: "add", path: "/metadata/annotations", value: { "a/b": "c" } },
      ],
    },
    {
      name: "json patch, escaped pointer",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: JSON_PATCH,
      body: [{ op: "remove", path: "/metadata/annotations/a~1b" }],
    },
    {
      name: "json patch, failing test",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: JSON_PATCH,
      body: [{ op: "test", path: "/data/b", value: "nonsense" }],
    },
    {
      name: "json patch, missing path",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: JSON_PATCH,
      body: [{ op: "remove", path: "/data/nowhere" }],
    },
    {
      name: "json patch that is no list",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: JSON_PATCH,
      body: { op: "remove" },
    },
    {
      name: "unknown type of patch",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: { "content-type": "application/json" },
      body: {},
    },
    { name: "make a deployment", method: "POST", path: SETS, body: deployment, ignore: STATUS },
    {
      name: "strategic: a container by name",
      method: "PATCH",
      path: `${SETS}/one`,
      headers: STRATEGIC,
      body: { spec: { template: { spec: { containers: [{ name: "b", image: "example.invalid/b:2" }] } } } },
      ignore: STATUS,
    },
    {
      name: "strategic: delete an element",
      method: "PATCH",
      path: `${SETS}/one`,
      headers: STRATEGIC,
      body: { spec: { template: { spec: { containers: [{ name: "b", $patch: "delete" }] } } } },
      ignore: STATUS,
    },
    {
      name: "merge: a list is replaced",
      method: "PATCH",
      path: `${SETS}/one`,
      headers: MERGE,
      body: { spec: { template: { spec: { containers: [{ name: "c", image: "example.invalid/c:1" }] } } } },
      ignore: STATUS,
    },
    {
      name: "json patch: an image",
      method: "PATCH",
      path: `${SETS}/one`,
      headers: JSON_PATCH,
      body: [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: "example.invalid/c:2" }],
      ignore: STATUS,
    },
    {
      name: "apply: create",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=one`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { a: "1" } },
    },
    {
      name: "apply: the same again",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=one`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { a: "1" } },
    },
    {
      name: "apply: another manager, another field",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=two`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { b: "2" } },
    },
    {
      name: "apply: a conflict",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=two`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { a: "other" } },
    },
    {
      name: "apply: forced",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=two&force=true`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { a: "other" } },
    },
    {
      name: "apply: a field let go",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=two`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { b: "3" } },
    },
    {
      name: "apply without a manager",
      method: "PATCH",
      path: `${MAPS}/applied`,
      headers: APPLY,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" } },
    },
    {
      name: "apply without a kind",
      method: "PATCH",
      path: `${MAPS}/applied?fieldManager=one`,
      headers: APPLY,
      body: { data: { a: "1" } },
    },
  ],
};
