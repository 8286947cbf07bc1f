import { expect, test } from "vitest";
import { plannedReleases, renderPlan } from "./plan.ts";
import { createRepository } from "./testing/repository.ts";

test("without a changeset nothing is planned", async () => {
  const { root } = createRepository();
  expect(renderPlan(await plannedReleases(root))).toBe("Nothing to release: no changeset is waiting.\n");
});

test("each package moves alone, and says why in one line", async () => {
  const { root, changeset } = createRepository();
  changeset("one", "Exports a.\nAnd b.\n\n- What a is for.", { consumer: "minor" });
  expect(renderPlan(await plannedReleases(root))).toBe(
    "@upgrade-halt/consumer 1.2.3 -> 1.3.0 (minor)\n  - Exports a. And b.\n",
  );
});

test("whoever uses a contract that changes is released after it", async () => {
  const { root, changeset } = createRepository();
  changeset("one", "Renames a field.", { contract: "major" });
  const plan = await plannedReleases(root);
  expect(plan.map(({ name, to }) => `${name} ${to}`)).toEqual([
    "@upgrade-halt/contract 2.0.0",
    "@upgrade-halt/consumer 1.2.4",
    "@upgrade-halt/producer 1.2.4",
  ]);
  expect(plan[1]?.why).toEqual(["a package that it uses changes"]);
});

test("a changeset that names no package would be lost, and makes no plan", async () => {
  const { root, changeset } = createRepository();
  changeset("one", "Exports a.", { consumer: "minor" });
  changeset("two", "Of nobody.", {});
  await expect(plannedReleases(root)).rejects.toThrow(
    "The changesets make no plan: two.md names no package.",
  );
});
