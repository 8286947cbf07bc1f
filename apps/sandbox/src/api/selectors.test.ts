import { describe, expect, it } from "vitest";
import type { KubeObject } from "../json/kube-object.ts";
import { parseLabelSelector } from "./label-query.ts";
import { Registry } from "./resources/registry.ts";
import { parseFieldSelector } from "./selectors.ts";

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
    ["a>0", true],
    ["a<1", false],
    ["b>0", false],
    ["a in ()", false],
    ["a=", false],
    ["b notin (),a", true],
  ])("%j matches: %s", (text, matches) => {
    expect(parseLabelSelector(text)(labelled({ a: "1", "example.com/x": "y" }))).toBe(matches);
  });

  it.each([
    ["a in 1", "unable to parse requirement: found '1' expected: '('"],
    ["a=b=c", "found '=', expected: ',' or 'end of string'"],
    ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ["in (x)", "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
    ["a,", "found '', expected: identifier after ','"],
    [",a", "found ',', expected: !, identifier, or 'end of string'"],
    ["a in (x", "unable to parse requirement: found '', expected: ',' or ')'"],
    ["a in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ["!!a", "unable to parse requirement: found '!', expected: identifier"],
    ["a==(", "unable to parse requirement: found '(', expected: identifier"],
    ["-a=1", /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/],
    ["a=-b", /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-b": a valid label must be/],
    ["a>b", /the value must be an integer$/],
  ])("refuses %j in the words of kube-apiserver", (text, message) => {
    const expected = typeof message === "string" ? message : expect.stringMatching(message);
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ code: 400, message: expected }));
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
