import { describe, expect, it } from "vitest";
import type { KubeObject } from "../json/kube-object.ts";
import { planRevisions, staleRevisions, withRevision } from "./revisions.ts";

function setWith(image: string, currentRevision = ""): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "s", namespace: "n", uid: "u" },
    spec: { revisionHistoryLimit: 1, template: { spec: { containers: [{ name: "c", image }] } } },
    status: { currentRevision },
  };
}

const first = planRevisions(setWith("a"), []).update;
const second = planRevisions(setWith("b"), [first]).update;

describe("planRevisions", () => {
  it("makes the first revision, which is the current one too", () => {
    const plan = planRevisions(setWith("a"), []);
    expect(plan.write).toBe("create");
    expect(plan.current).toBe(plan.update);
    expect(plan.update).toMatchObject({ revision: 1, data: { spec: { template: { $patch: "replace" } } } });
    expect(plan.update.metadata.name).toMatch(/^s-[a-z0-9]{10}$/);
  });

  it("needs no new one while the template stays", () => {
    expect(planRevisions(setWith("a"), [first])).toMatchObject({ write: "none", update: first });
  });

  it("makes another for another template, and knows the current one by the status", () => {
    const plan = planRevisions(setWith("b", first.metadata.name), [first]);
    expect(plan).toMatchObject({ write: "create", current: first, update: { revision: 2 } });
  });

  it("numbers an old one anew on a rollback", () => {
    const plan = planRevisions(setWith("a", second.metadata.name), [first, second]);
    expect(plan).toMatchObject({ write: "renumber", current: second, update: { ...first, revision: 3 } });
  });
});

it("puts a revision's template back", () => {
  expect(withRevision(setWith("b"), first).spec).toMatchObject(setWith("a").spec as object);
});

it("forgets the oldest revisions that nothing names", () => {
  const third = planRevisions(setWith("c"), [first, second]).update;
  const set = setWith("c", third.metadata.name);
  expect(staleRevisions(set, [first, second, third], [])).toEqual([first]);
  const labels = { "controller-revision-hash": first.metadata.name };
  const pod: KubeObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "s-0", labels } };
  expect(staleRevisions(set, [first, second, third], [pod])).toEqual([]);
});
