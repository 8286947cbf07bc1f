import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { crds, crdYaml } from "./crds.ts";

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

  test("say what each top-level field of a policy is for", () => {
    const { properties } = crds["haltpolicies.yaml"].spec.versions[0]?.schema.openAPIV3Schema ?? {};
    expect(properties?.spec).toMatchObject({
      properties: { container: { description: expect.any(String) } },
    });
  });
});
