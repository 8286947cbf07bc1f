import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { crds, crdYaml } from "./crds.ts";

/** Paths of the fields that `kubectl explain` has nothing to say about. */
function undescribed(schema: unknown, path: readonly string[] = []): string[] {
  const { properties = {}, items } = (schema ?? {}) as {
    properties?: Record<string, object>;
    items?: object;
  };
  const inside = Object.entries(properties).flatMap(([name, field]) => {
    const own = "description" in field ? [] : [[...path, name].join(".")];
    return [...own, ...undescribed(field, [...path, name])];
  });
  return items === undefined ? inside : [...inside, ...undescribed(items, path)];
}

describe("the CustomResourceDefinitions", () => {
  test.each(Object.entries(crds))("deploy/crds/%s is what the schemas say", (file, crd) => {
    const installed = readFileSync(new URL(`../../deploy/crds/${file}`, import.meta.url), "utf8");
    expect(installed, "run: mini-controller crds, or pnpm run crds").toBe(crdYaml(crd));
  });

  test("leave out every word that a structural schema refuses", () => {
    const text = JSON.stringify(crds);
    for (const word of ['"$schema"', '"additionalProperties":false', '"$ref"', '"const"'])
      expect(text).not.toContain(word);
  });

  test.each(Object.entries(crds))("%s says what each field is for", (_, crd) => {
    expect(undescribed(crd.spec.versions[0]?.schema.openAPIV3Schema)).toEqual(["metadata"]);
  });
});
