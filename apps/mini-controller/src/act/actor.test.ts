import { expect, test } from "vitest";
import { FakeApi } from "../testing/fake-api.ts";
import { NEW, OLD, observe } from "../testing/observations.ts";
import { Actor } from "./actor.ts";

test.each([
  ["the one before, which is known not to be set", OLD, true],
  ["a third one, which somebody set", "registry/mirror/seid:v6.7", false],
])("an image in whose place the workload gets %s", async (_, image, isRefused) => {
  const api = new FakeApi();
  const containers = [{ name: "seid", image }];
  const object = { metadata: { name: "sei-0" }, spec: { template: { spec: { containers } } } };
  api.jsonPatch = async () => object as never;
  const actor = new Actor({ api, onBoundary: () => undefined });
  const observation = observe();
  const act = { kind: "set-image", from: OLD, to: NEW } as const;

  await expect(actor.perform(act, observation)).rejects.toThrow(
    `was to get ${NEW}, and has ${image} instead`,
  );
  expect(actor.setWasRefused(observation.halt)).toBe(isRefused);
});
