import { expect, test } from "vitest";
import { requireRepository } from "./ready.ts";
import { createRepository } from "./testing/repository.ts";

test("provenance is refused before anything leaves where a manifest does not name its repository", () => {
  const { root, write } = createRepository();
  const address = "https://git.example/upgrade-halt.git";
  for (const name of ["contract", "producer"])
    write(`packages/${name}/package.json`, { name: `@upgrade-halt/${name}`, repository: address });
  expect(() => requireRepository(root)).toThrow(
    "@upgrade-halt/consumer: the manifest has no `repository`, which provenance needs",
  );

  write("packages/consumer/package.json", { name: "@upgrade-halt/consumer", repository: address });
  expect(() => requireRepository(root)).not.toThrow();
});
