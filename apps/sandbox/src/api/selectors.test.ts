import { describe, expect, it } from "vitest";
import type { KubeObject } from "../json/kube-object.ts";
import { Registry } from "./resources/registry.ts";
import { parseFieldSelector, parseLabelSelector } from "./selectors.ts";

function labelled(labels: Record<string, string>): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "n", labels },
    spec: { nodeName: "m" },
  };
}

describe("parseLabelSelector", () => {
  it.each([
    ["", true],
    ["a=1", true],
    ["a==1", true],
    ["a!=1", false],
    ["a=2", false],
    ["b!=1", true],
    ["a", true],
    ["!a", false],
    ["!b", true],
    ["a in (1, 2)", true],
    ["a in (2)", false],
    ["a notin (2)", true],
    ["b notin (2)", true],
    ["a=1,example.com/x in (y,z),!b", true],
    ["a=1,b", false],
  ])("%j matches: %s", (text, matches) => {
    expect(parseLabelSelector(text)(labelled({ a: "1", "example.com/x": "y" }))).toBe(matches);
  });

  it.each(["a in 1", "a=b=c", "a b", "in (x)", "-a=1"])("refuses %j", (text) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ code: 400 }));
  });
});

describe("parseFieldSelector", () => {
  const registry = new Registry();
  const pods = registry.find("", "v1", "pods");
  const maps = registry.find("", "v1", "configmaps");
  if (pods === undefined || maps === undefined) throw new Error("pods and configmaps are built in");

  it.each([
    ["metadata.name=p,spec.nodeName=m", true],
    ["spec.nodeName!=m", false],
    ["status.phase=", true],
  ])("%j matches: %s", (text, matches) => {
    expect(parseFieldSelector(text, pods)(labelled({}))).toBe(matches);
  });

  it("refuses a field that the resource doesn't offer, and half a requirement", () => {
    expect(() => parseFieldSelector("spec.hostname=x", pods)).toThrow(
      "field label not supported: spec.hostname",
    );
    expect(() => parseFieldSelector("data.a=1", maps)).toThrow('"data.a" is not a known field selector');
    expect(() => parseFieldSelector("metadata.name", pods)).toThrow("can't understand 'metadata.name'");
  });
});
