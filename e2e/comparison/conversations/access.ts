import { type Conversation, MERGE } from "../conversation.ts";

const MAPS = "/api/v1/namespaces/$ns/configmaps";
const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/$ns";
const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

const map = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
const account = (name: string) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
const asReader = (earlier: (step: string) => { status: { token: string } }) => ({
  authorization: `Bearer ${earlier("a token").status.token}`,
});
const review = (resourceAttributes: object) => ({
  apiVersion: "authorization.k8s.io/v1",
  kind: "SelfSubjectAccessReview",
  spec: { resourceAttributes },
});

const NOBODY = { "impersonate-user": "nobody" };

/** A ServiceAccount that may read ConfigMaps and write one of them: what it is given, and how it is refused. */
export const access: Conversation = {
  name: "access",
  steps: [
    {
      name: "make an account",
      method: "POST",
      path: "/api/v1/namespaces/$ns/serviceaccounts",
      body: account("reader"),
    },
    {
      name: "make a role",
      method: "POST",
      path: `${RBAC}/roles`,
      body: {
        metadata: { name: "reader" },
        rules: [
          { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] },
          { apiGroups: [""], resources: ["configmaps"], resourceNames: ["one"], verbs: ["patch", "delete"] },
          { apiGroups: ["apps"], resources: ["statefulsets/scale"], verbs: ["get"] },
        ],
      },
    },
    {
      name: "bind it",
      method: "POST",
      path: `${RBAC}/rolebindings`,
      body: {
        metadata: { name: "reader" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace: "compare-access" }],
      },
    },
    {
      name: "a token",
      method: "POST",
      path: "/api/v1/namespaces/$ns/serviceaccounts/reader/token",
      body: { spec: { expirationSeconds: 600 } },
      ignore: ["status.token"],
    },
    {
      name: "a token of an account that is not there",
      method: "POST",
      path: "/api/v1/namespaces/$ns/serviceaccounts/nobody/token",
      body: { spec: {} },
    },
    { name: "make what it may read", method: "POST", path: MAPS, body: map("one") },
    { name: "make what it may not touch", method: "POST", path: MAPS, body: map("two") },
    {
      name: "may read",
      path: `${MAPS}/one`,
      headers: asReader,
      until: ({ status }) => status === 200,
    },
    { name: "may not make", method: "POST", path: MAPS, headers: asReader, body: map("three") },
    {
      name: "may patch one",
      method: "PATCH",
      path: `${MAPS}/one`,
      headers: (earlier) => ({ ...MERGE, ...asReader(earlier) }),
      body: { data: { a: "1" } },
    },
    {
      name: "may not patch another",
      method: "PATCH",
      path: `${MAPS}/two`,
      headers: (earlier) => ({ ...MERGE, ...asReader(earlier) }),
      body: { data: { a: "1" } },
    },
    { name: "may not replace", method: "PUT", path: `${MAPS}/one`, headers: asReader, body: map("one") },
    { name: "may not delete another", method: "DELETE", path: `${MAPS}/two`, headers: asReader },
    { name: "may not delete them all", method: "DELETE", path: MAPS, headers: asReader },
    { name: "may not list everywhere", path: "/api/v1/configmaps", headers: asReader },
    {
      name: "may not watch pods",
      path: "/api/v1/namespaces/$ns/pods?watch=1&timeoutSeconds=1",
      headers: asReader,
    },
    { name: "may not read a node", path: "/api/v1/nodes/any", headers: asReader },
    {
      name: "may not write a status",
      method: "PATCH",
      path: "/apis/apps/v1/namespaces/$ns/statefulsets/any/status",
      headers: (earlier) => ({ ...MERGE, ...asReader(earlier) }),
      body: {},
    },
    {
      name: "may read a scale that is not there",
      path: "/apis/apps/v1/namespaces/$ns/statefulsets/any/scale",
      headers: asReader,
    },
    {
      name: "may not be another",
      path: `${MAPS}/one`,
      headers: (earlier) => ({ ...asReader(earlier), ...NOBODY }),
    },
    { name: "an administrator as nobody", path: MAPS, headers: NOBODY },
    { name: "nobody makes", method: "POST", path: MAPS, headers: NOBODY, body: map("three") },
    {
      name: "an administrator as the reader",
      path: `${MAPS}/one`,
      headers: { "impersonate-user": "system:serviceaccount:compare-access:reader" },
    },
    {
      name: "an administrator as nobody, of the masters",
      path: `${MAPS}/one`,
      headers: { ...NOBODY, "impersonate-group": "system:masters" },
    },
    {
      name: "a group without a user",
      path: `${MAPS}/one`,
      headers: { "impersonate-group": "system:masters" },
    },
    {
      name: "may nobody make?",
      method: "POST",
      path: REVIEWS,
      headers: NOBODY,
      body: review({ namespace: "compare-access", verb: "create", resource: "configmaps" }),
    },
    {
      name: "may another read?",
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      body: {
        spec: {
          user: "system:serviceaccount:compare-access:reader",
          resourceAttributes: { namespace: "compare-access", verb: "get", resource: "configmaps" },
        },
      },
      ignore: ["status.reason"],
    },
    {
      name: "may nobody ask about another?",
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      headers: NOBODY,
      body: { spec: { user: "x", resourceAttributes: { verb: "get", resource: "configmaps" } } },
    },
    {
      name: "whose is a token that is none?",
      method: "POST",
      path: "/apis/authentication.k8s.io/v1/tokenreviews",
      body: { spec: { token: "nonsense" } },
      ignore: ["status.error"],
    },
    { name: "an unknown token", path: `${MAPS}/one`, headers: { authorization: "Bearer nonsense" } },
    {
      name: "may it read?",
      method: "POST",
      path: REVIEWS,
      headers: asReader,
      body: review({ namespace: "compare-access", verb: "get", resource: "configmaps" }),
      ignore: ["status.reason"],
    },
    {
      name: "may it make?",
      method: "POST",
      path: REVIEWS,
      headers: asReader,
      body: review({ namespace: "compare-access", verb: "create", resource: "configmaps" }),
    },
    {
      name: "who is it?",
      method: "POST",
      path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      headers: asReader,
      body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
      ignore: ["status.userInfo.extra"],
    },
    {
      name: "a role without verbs",
      method: "POST",
      path: `${RBAC}/roles`,
      body: { metadata: { name: "empty" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: [] }] },
    },
    {
      name: "a role's reference may not change",
      method: "PATCH",
      path: `${RBAC}/rolebindings/reader`,
      headers: MERGE,
      body: { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "other" } },
    },
  ],
};
