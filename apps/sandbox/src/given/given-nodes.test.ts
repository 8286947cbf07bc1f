import { describe, expect, it } from "vitest";
import type { KubeObject } from "../json/kube-object.ts";
import { givenNodes, oldestFirst } from "./given-nodes.ts";

function policy(name: string, container: string, made: string, labels = { app: "seid" }): KubeObject {
  const metadata = { name, creationTimestamp: made };
  const spec = { selector: { matchLabels: labels }, container, rpcPort: "rpc" };
  return { apiVersion: "upgrade-halt.dev/v1alpha1", kind: "HaltPolicy", metadata, spec };
}

function pod(name: string, labels = { app: "seid" }): KubeObject {
  const containers = [
    { name: "main", image: "a/seid:v1", ports: [{ name: "rpc", containerPort: 9 }] },
    { name: "side", image: "a/side:v1" },
  ];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec: { containers } };
}

const seen = { sets: [], halts: [] };

describe("the nodes of a given cluster", () => {
  it("are the pods that a policy selects, each by its own name, in the order of their ordinals", () => {
    const pods = [pod("a-10"), pod("a-9"), pod("db-0", { app: "db" })];
    const nodes = givenNodes({ ...seen, pods, policies: [policy("p", "main", "2026-01-01T00:00:00Z")] });
    expect(nodes.map(({ node, rpcPort }) => [node, rpcPort])).toEqual([
      ["a-9", 9],
      ["a-10", 9],
    ]);
  });

  it("have the container that the oldest policy names", () => {
    const policies = oldestFirst([
      policy("a", "side", "2026-02-01T00:00:00Z"),
      policy("b", "main", "2026-01-01T00:00:00Z"),
    ]);
    const [node] = givenNodes({ ...seen, pods: [pod("a-0")], policies });
    expect(node?.podImage).toBe("a/seid:v1");
  });

  it("are also those whose halt is recorded and whose pod is not seen", () => {
    const halt: KubeObject = {
      ...{ apiVersion: "upgrade-halt.dev/v1alpha1", kind: "NodeHalt", metadata: { name: "h" } },
      spec: { podName: "gone-0" },
    };
    const nodes = givenNodes({ ...seen, pods: [], policies: [], halts: [halt, halt] });
    expect(nodes.map(({ node, isRunning }) => [node, isRunning])).toEqual([["gone-0", false]]);
  });
});
