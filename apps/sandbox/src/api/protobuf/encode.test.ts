import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../json/json.ts";
import { TestApi } from "../../testing/api.ts";
import { PODS, pod } from "../../testing/objects.ts";
import { BUILT_IN } from "../resources/built-in.ts";
import { apiVersionOf } from "../resources/resource-type.ts";
import { decodeProtobuf } from "./decode.ts";
import { messageOf } from "./descriptors.ts";
import { encodeProtobuf } from "./encode.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";

function again(object: JsonObject): JsonObject | undefined {
  const bytes = encodeProtobuf(object);
  return bytes && decodeProtobuf(bytes);
}

const POD: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "p",
    creationTimestamp: "2026-11-28T06:00:00Z",
    labels: { "a/b": "c" },
    managedFields: [{ manager: "m", fieldsV1: { "f:spec": { ".": {} } } }],
  },
  spec: {
    terminationGracePeriodSeconds: 0,
    securityContext: {},
    initContainers: [{ name: "seid-init", image: "i", restartPolicy: "Always", resources: {} }],
    containers: [
      {
        name: "main",
        resources: { limits: { cpu: "500m" } },
        env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
        readinessProbe: { httpGet: { path: "/", port: "rpc" }, periodSeconds: 1 },
        ports: [{ containerPort: 26657 }],
        restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "NotIn", values: [70, 71, 72] } }],
      },
    ],
    volumes: [{ name: "v", configMap: { name: "plans", defaultMode: 420 } }],
  },
  status: {},
};

describe("an object that is written and read as protobuf", () => {
  it.each([
    ["a pod, with what Go inlines", POD],
    [
      "a micro time, and a pointer to zero",
      {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: "l", creationTimestamp: "2026-11-28T06:00:00Z" },
        spec: { holderIdentity: "", leaseTransitions: 0, renewTime: "2026-11-28T06:00:00.123456Z" },
      },
    ],
    [
      "numbers and strings of one field",
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "b", creationTimestamp: "2026-11-28T06:00:00Z" },
        spec: { minAvailable: "50%", maxUnavailable: 0 },
        status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
      },
    ],
    ["bytes", { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "AAEC" } }],
    [
      "a definition's schema",
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "c" },
        spec: {
          group: "g",
          names: { plural: "p", kind: "K" },
          scope: "Namespaced",
          versions: [
            {
              name: "v1",
              served: true,
              storage: false,
              schema: {
                openAPIV3Schema: {
                  type: "object",
                  "x-kubernetes-preserve-unknown-fields": true,
                  additionalProperties: { type: "string", default: "x", minLength: 0 },
                  properties: { a: { type: "array", items: { type: "integer", enum: [1, 2] } } },
                },
              },
            },
          ],
        },
        status: { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: null },
      },
    ],
  ])("stays as it was: %s", (_, object) => {
    expect(again(object)).toMatchObject(withoutNulls(object));
  });

  it("is served for every built-in kind and its list", () => {
    for (const { kind, ...type } of BUILT_IN) {
      const apiVersion = apiVersionOf(type);
      expect(messageOf({ apiVersion, kind })?.name, kind).toBe(kind);
      expect(messageOf({ apiVersion, kind: `${kind}List` })?.name, kind).toBe(`${kind}List`);
    }
  });
});

function withoutNulls(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object, (_, value: unknown) => (value === null ? undefined : value)));
}

describe("the API server", () => {
  it("takes a pod in protobuf and answers in protobuf where that is asked for first", async () => {
    const api = await TestApi.start();
    try {
      const body = encodeProtobuf(pod("one"));
      const accept = `${PROTOBUF},application/json`;
      const headers = { "content-type": PROTOBUF, accept };
      const made = await fetch(`${api.server.url}${PODS}`, {
        method: "POST",
        headers,
        ...(body && { body }),
      });
      expect([made.status, made.headers.get("content-type")]).toEqual([201, PROTOBUF]);
      const answer = decodeProtobuf(Buffer.from(await made.arrayBuffer()));
      const { body: stored } = await api.get(`${PODS}/one`);
      expect(answer).toMatchObject(withoutNulls(stored));
      const list = await fetch(`${api.server.url}${PODS}`, { headers: { accept } });
      expect(decodeProtobuf(Buffer.from(await list.arrayBuffer()))).toMatchObject({
        kind: "PodList",
        items: [{ metadata: { name: "one" } }],
      });
    } finally {
      await api.stop();
    }
  });
});
