import { expect, test } from "vitest";
import type { HaltPolicy } from "./halt-policy.ts";
import { withDefaults } from "./halt-policy.ts";
import { unknownFields } from "./unknown-fields.ts";

function stored(spec: object): HaltPolicy {
  const all = { selector: { matchLabels: { app: "sei" } }, container: "seid", ...spec };
  return {
    apiVersion: "v1",
    kind: "HaltPolicy",
    metadata: { name: "p" },
    spec: all,
  } as unknown as HaltPolicy;
}

test.each([
  [{}, undefined],
  [{ window: "02:00-04:00" }, ["spec.window"]],
  [{ window: null }, undefined],
  [{ upgrades: [{ planName: "v6.7", height: 1, image: "i", notBefore: 5 }] }, ["spec.upgrades[0].notBefore"]],
  [
    { paging: [{ webhook: { urlSecretRef: { name: "a", key: "b", vault: "c" } } }] },
    ["spec.paging[0].webhook.urlSecretRef.vault"],
  ],
])("a policy with %j has fields that nobody here knows: %j", (spec, fields) => {
  const policy = withDefaults(stored(spec));
  expect(policy.defect).toBeUndefined();
  expect(policy.unknown).toEqual(fields);
  expect(withDefaults(policy).unknown, "read once more").toEqual(fields);
});

test("what is there in both is known, whatever it became", () => {
  expect(unknownFields({ a: [1, "x"], b: {} }, { a: [2, null], b: {}, c: 1 }, "spec")).toEqual([]);
});
