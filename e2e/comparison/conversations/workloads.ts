import { type Conversation, JSON_PATCH, MERGE, STRATEGIC, TABLE } from "../conversation.ts";

const PODS = "/api/v1/namespaces/$ns/pods";
const SETS = "/apis/apps/v1/namespaces/$ns/statefulsets";
/** An image that no kubelet here has: the pods stay as they were made. */
const IMAGE = "example.invalid/nothing:1";

const pod = (name: string, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: {
    containers: [
      {
        name: "main",
        image: IMAGE,
        ports: [{ name: "rpc", containerPort: 26657 }],
        readinessProbe: { httpGet: { path: "/health", port: "rpc" } },
      },
    ],
    ...spec,
  },
});
const rules = (values: number[]) => ({
  containers: [
    {
      name: "main",
      image: IMAGE,
      restartPolicy: "Never",
      restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "NotIn", values } }],
    },
  ],
});
const set = (name: string, spec: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name },
  spec: {
    replicas: 0,
    serviceName: "none",
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image: IMAGE }] } },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
    ...spec,
  },
});
/** What a kubelet or a loop writes in its own time, and names that are random. */
const MOVING = [
  "status",
  "metadata.generation",
  "spec.volumes.*.name",
  "spec.containers.*.volumeMounts.*.name",
  "spec.nodeName",
];

/** Defaulting, validation and subresources of what the scenarios are made of. */
export const workloads: Conversation = {
  name: "workloads",
  steps: [
    { name: "a pod", method: "POST", path: PODS, body: pod("plain"), ignore: MOVING },
    {
      name: "a pod's first status",
      method: "POST",
      path: `${PODS}?dryRun=All`,
      body: pod("first"),
      ignore: MOVING.slice(1),
    },
    {
      name: "a pod with restart rules",
      method: "POST",
      path: PODS,
      body: pod("rules", rules([70, 71, 72])),
      ignore: MOVING,
    },
    {
      name: "a pod with a list of a wrong type",
      method: "POST",
      path: PODS,
      body: pod("wrong", { containers: {} }),
    },
    {
      name: "a pod with a flag of a wrong type",
      method: "POST",
      path: PODS,
      body: pod("wrong", { hostNetwork: "yes" }),
    },
    {
      name: "a pod that wants no token",
      method: "POST",
      path: PODS,
      body: pod("tokenless", { automountServiceAccountToken: false }),
      ignore: MOVING,
    },
    {
      name: "what comes with a namespace",
      path: "/api/v1/namespaces/$ns/configmaps/kube-root-ca.crt",
      until: ({ status }) => status === 200,
      ignore: ["data"],
    },
    {
      name: "a pod with rules but no policy",
      method: "POST",
      path: PODS,
      body: pod("bad", {
        containers: [
          {
            name: "main",
            image: IMAGE,
            restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [1] } }],
          },
        ],
      }),
    },
    {
      name: "a pod with an unknown operator",
      method: "POST",
      path: PODS,
      body: pod("bad", {
        containers: [
          {
            name: "main",
            image: IMAGE,
            restartPolicy: "Never",
            restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "Near", values: [1] } }],
          },
        ],
      }),
    },
    { name: "a pod without containers", method: "POST", path: PODS, body: pod("bad", { containers: [] }) },
    {
      name: "a pod with two containers of one name",
      method: "POST",
      path: PODS,
      body: pod("bad", {
        containers: [
          { name: "a", image: IMAGE },
          { name: "a", image: IMAGE },
        ],
      }),
    },
    {
      name: "a pod with a mount of no volume",
      method: "POST",
      path: PODS,
      body: pod("bad", {
        containers: [{ name: "a", image: IMAGE, volumeMounts: [{ name: "none", mountPath: "/x" }] }],
      }),
    },
    {
      name: "a pod's image changes",
      method: "PATCH",
      path: `${PODS}/rules`,
      headers: STRATEGIC,
      body: { spec: { containers: [{ name: "main", image: `${IMAGE}2` }] } },
      ignore: MOVING,
    },
    {
      name: "a pod's command may not change",
      method: "PATCH",
      path: `${PODS}/plain`,
      headers: JSON_PATCH,
      body: [{ op: "add", path: "/spec/containers/0/command", value: ["true"] }],
      ignore: ["message", "details.causes.0.message"],
    },
    {
      name: "a pod's condition by its status",
      method: "PATCH",
      path: `${PODS}/plain/status`,
      headers: STRATEGIC,
      body: { status: { conditions: [{ type: "example.invalid/gate", status: "True", reason: "Because" }] } },
      ignore: [...MOVING],
    },
    {
      name: "pods as a table",
      path: PODS,
      headers: TABLE,
      ignore: ["rows", "columnDefinitions.*.description"],
    },
    {
      name: "a binding to a pod that is not there",
      method: "POST",
      path: `${PODS}/nowhere/binding`,
      body: { metadata: { name: "nowhere" }, target: { kind: "Node", name: "n" } },
    },
    {
      name: "delete a pod of another uid",
      method: "DELETE",
      path: `${PODS}/plain`,
      body: { preconditions: { uid: "00000000-0000-0000-0000-000000000000" } },
      ignore: ["message"],
    },
    {
      name: "delete a pod at once",
      method: "DELETE",
      path: `${PODS}/plain?gracePeriodSeconds=0`,
      // Where pod GC takes it away meanwhile, the real server answers with the pod as it last saw it, without a version.
      ignore: [...MOVING, "metadata.resourceVersion"],
    },
    { name: "it is gone", path: `${PODS}/plain`, until: ({ status }) => status === 404 },
    { name: "a set", method: "POST", path: SETS, body: set("one") },
    {
      name: "a set whose selector misses its template",
      method: "POST",
      path: SETS,
      body: set("bad", { selector: { matchLabels: { app: "other" } } }),
    },
    { name: "a set without a selector", method: "POST", path: SETS, body: set("bad", { selector: null }) },
    {
      name: "a set's image changes",
      method: "PATCH",
      path: `${SETS}/one`,
      headers: JSON_PATCH,
      body: [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: `${IMAGE}2` }],
      ignore: ["status"],
    },
    {
      name: "a set's service may not change",
      method: "PATCH",
      path: `${SETS}/one`,
      headers: MERGE,
      body: { spec: { serviceName: "other" } },
    },
    {
      name: "a set is settled",
      path: `${SETS}/one`,
      until: ({ body }) =>
        body.status?.observedGeneration === 2 && body.status.updateRevision === body.status.currentRevision,
      ignore: ["status.currentRevision", "status.updateRevision"],
    },
    {
      name: "its revisions",
      path: "/apis/apps/v1/namespaces/$ns/controllerrevisions?labelSelector=app%3Done",
      ignore: ["items.*.metadata.name", "items.*.metadata.labels"],
    },
    { name: "a set's scale", path: `${SETS}/one/scale` },
    {
      name: "scale it",
      method: "PATCH",
      path: `${SETS}/one/scale`,
      headers: MERGE,
      body: { spec: { replicas: 1 } },
    },
    {
      name: "its pod",
      path: `${PODS}/one-0`,
      until: ({ status }) => status === 200,
      ignore: [...MOVING, "metadata.labels.controller-revision-hash"],
    },
    {
      name: "its claim",
      path: "/api/v1/namespaces/$ns/persistentvolumeclaims/data-one-0",
      ignore: ["status"],
    },
    {
      name: "sets as a table",
      path: SETS,
      headers: TABLE,
      ignore: ["rows.*.cells", "rows.*.object", "columnDefinitions.*.description"],
    },
    {
      name: "delete the set",
      method: "DELETE",
      path: `${SETS}/one`,
      ignore: ["status", "metadata.generation"],
    },
    {
      name: "its pod goes along",
      path: `${PODS}/one-0`,
      until: ({ status }) => status === 404,
    },
    {
      name: "a service",
      method: "POST",
      path: "/api/v1/namespaces/$ns/services",
      body: {
        metadata: { name: "s" },
        spec: { clusterIP: "None", selector: { app: "one" }, ports: [{ port: 26657 }] },
      },
    },
    {
      name: "a secret of text",
      method: "POST",
      path: "/api/v1/namespaces/$ns/secrets",
      body: { metadata: { name: "s" }, stringData: { url: "http://x" } },
    },
    {
      name: "a secret that is not base64",
      method: "POST",
      path: "/api/v1/namespaces/$ns/secrets",
      body: { metadata: { name: "t" }, data: { url: "%%%" } },
    },
    {
      name: "an event",
      method: "POST",
      path: "/api/v1/namespaces/$ns/events",
      body: {
        metadata: { name: "e" },
        involvedObject: { kind: "Pod", namespace: "compare-workloads", name: "plain" },
        reason: "R",
        message: "m",
        type: "Warning",
      },
    },
    {
      name: "a newer event",
      method: "POST",
      path: "/apis/events.k8s.io/v1/namespaces/$ns/events",
      body: {
        metadata: { name: "f" },
        eventTime: "2026-01-01T00:00:00.000000Z",
        action: "A",
        reason: "R",
        note: "m",
        type: "Normal",
        reportingController: "c",
        reportingInstance: "i",
        regarding: { kind: "Pod", namespace: "compare-workloads", name: "plain" },
      },
    },
    {
      name: "an event by its object",
      path: "/api/v1/namespaces/$ns/events?fieldSelector=involvedObject.name%3Dplain,reason%3DR",
    },
    {
      name: "a lease",
      method: "POST",
      path: "/apis/coordination.k8s.io/v1/namespaces/$ns/leases",
      body: {
        metadata: { name: "l" },
        spec: { holderIdentity: "me", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.123456Z" },
      },
    },
    {
      name: "a lease with a malformed time",
      method: "POST",
      path: "/apis/coordination.k8s.io/v1/namespaces/$ns/leases",
      body: { metadata: { name: "m" }, spec: { renewTime: "yesterday" } },
    },
    {
      name: "a token of a ServiceAccount",
      method: "POST",
      path: "/api/v1/namespaces/$ns/serviceaccounts/default/token",
      body: { spec: { expirationSeconds: 3600 } },
      ignore: ["status", "spec.audiences"],
    },
    {
      name: "what may I do",
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      body: {
        spec: { resourceAttributes: { verb: "get", resource: "pods", namespace: "compare-workloads" } },
      },
      ignore: ["status.reason"],
    },
  ],
};
