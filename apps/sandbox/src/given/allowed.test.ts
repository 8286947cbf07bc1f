import { describe, expect, it } from "vitest";
import { ActionSchemas } from "../actions/action.ts";
import { mayWriteTo, offOver } from "./allowed.ts";

const KINDS = [...Object.keys(ActionSchemas), "play"].toSorted();

describe("over a given cluster", () => {
  it.each([undefined, "another"])("every control is off where changes are allowed in %s", (allowed) => {
    expect(Object.keys(offOver("sei", allowed)).toSorted()).toEqual(KINDS);
  });

  it("what the API can do is on in the named namespace, and nothing else is", () => {
    const off = Object.keys(offOver("sei", "sei"));
    expect(KINDS.filter((kind) => !off.includes(kind))).toEqual(["install", "list", "policy", "unlist"]);
  });
});

describe("a write goes", () => {
  it.each([
    "/apis/apps/v1/namespaces/sei/statefulsets/a",
    "/api/v1/namespaces/sei/pods/a",
    "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/haltpolicies/a?fieldManager=x",
  ])("to an object of the named namespace: %s", (path) => {
    expect(mayWriteTo(path, "sei")).toBe(true);
    expect(mayWriteTo(path, undefined)).toBe(false);
    expect(mayWriteTo(path, "se")).toBe(false);
  });

  it.each([
    "/api/v1/namespaces/sei",
    "/api/v1/namespaces/sei/pods",
    "/api/v1/namespaces/other/pods/a",
    "/api/v1/namespaces/sei/pods/../../other/pods/a",
    "/api/v1/namespaces/sei/pods/%2e%2e/%2e%2e/other/pods/a",
    "/api/v1/namespaces/seix/pods/a",
    "/api/v1/nodes/a",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/namespaces/sei/a",
  ])("nowhere else: %s", (path) => {
    expect(mayWriteTo(path, "sei")).toBe(false);
  });
});
