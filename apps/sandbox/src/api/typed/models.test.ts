import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modelsOfClient } from "../../testing/models-of-client.ts";
import { modelNamed } from "./models.ts";

test("the fields of built-in types are those of @kubernetes/client-node (else run `pnpm run descriptors`)", () => {
  const file = new URL("../../../descriptors/models.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(modelsOfClient());
});

test("a type that there is none of has no fields", () => {
  expect(modelNamed("V1PodSpec")?.get("containers")).toMatchObject({ type: "Array<V1Container>" });
  expect([modelNamed("V1Nothing"), modelNamed("constructor")]).toEqual([undefined, undefined]);
});
