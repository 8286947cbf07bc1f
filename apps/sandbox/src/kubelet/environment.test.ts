import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json/json.ts";
import { containerEnv, expand } from "./environment.ts";
import { readPodSpec } from "./pod-spec.ts";

const addresses = { podIp: "127.1.2.3", hostIp: "127.0.0.1" };

function env(variables: JsonObject[], objects: Record<string, JsonObject> = {}) {
  const pod = readPodSpec({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "n", uid: "u", labels: { "a/b": "label" } },
    spec: { nodeName: "node", containers: [{ name: "c", image: "i", env: variables }] },
  });
  const [container] = pod.containers;
  if (container === undefined) throw new Error("the pod has a container");
  return containerEnv(pod, container, addresses, async (kind, name) => objects[`${kind}/${name}`] as never);
}

describe("containerEnv", () => {
  it("expands earlier variables", async () => {
    const variables = [
      { name: "A", value: "1" },
      { name: "B", value: "$(A)2 $(C) $$(A)" },
    ];
    expect(await env(variables)).toMatchObject({ A: "1", B: "12 $(C) $(A)" });
  });

  it("knows the downward API", async () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const found = await env([
      field("IP", "status.podIP"),
      field("NAME", "metadata.name"),
      field("LABEL", "metadata.labels['a/b']"),
      field("NODE", "spec.nodeName"),
    ]);
    expect(found).toMatchObject({ IP: "127.1.2.3", NAME: "p", LABEL: "label", NODE: "node" });
  });

  it("reads keys of ConfigMaps and Secrets", async () => {
    const objects = { "configmaps/m": { data: { k: "plain" } }, "secrets/s": { data: { k: "c2VjcmV0" } } };
    const found = await env(
      [
        { name: "M", valueFrom: { configMapKeyRef: { name: "m", key: "k" } } },
        { name: "S", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
        { name: "O", valueFrom: { secretKeyRef: { name: "s", key: "none", optional: true } } },
      ],
      objects,
    );
    expect(found).toMatchObject({ M: "plain", S: "secret" });
    expect(found).not.toHaveProperty("O");
  });

  it("says which object or key is missing", async () => {
    const variable = { name: "M", valueFrom: { configMapKeyRef: { name: "m", key: "k" } } };
    await expect(env([variable])).rejects.toThrow('configmap "m" not found');
    await expect(env([variable], { "configmaps/m": { data: {} } })).rejects.toThrow(
      "couldn't find key k in m",
    );
  });
});

it("expands no name of the prototype", () => {
  expect(expand("$(constructor)", {})).toBe("$(constructor)");
});
