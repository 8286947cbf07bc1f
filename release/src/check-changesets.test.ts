import { describe, expect, test } from "vitest";
import { checkChangesets, checkedPlan } from "./check-changesets.ts";
import { createRepository } from "./testing/repository.ts";

const INDEX = "packages/consumer/src/index.ts";

describe("a published package that changed", () => {
  test.each([
    ["a source", INDEX, "export const a = 1;\n"],
    ["its README", "packages/consumer/README.md", "# New\n"],
    ["a new file", "packages/consumer/src/new.ts", "export {};\n"],
    ["its man page", "packages/consumer/man/a.1", "."],
  ])("in %s is refused without a changeset, committed or not", async (_, file, text) => {
    const { root, write, commit } = createRepository();
    write(file, text);
    const refusal = `@upgrade-halt/consumer changed (${file}) and no new changeset names it`;
    await expect(checkChangesets(root, "HEAD")).rejects.toThrow(refusal);
    commit();
    await expect(checkChangesets(root, "HEAD~1")).rejects.toThrow(refusal);
  });

  test("by losing a source, by its manifest, or by the catalog, is refused", async () => {
    const { root, write, remove, commit } = createRepository();
    remove(INDEX);
    await expect(checkChangesets(root, "HEAD")).rejects.toThrow(`consumer changed (${INDEX})`);
    commit();
    write("pnpm-workspace.yaml", "packages:\n  - packages/*\ncatalog:\n  zod: ^5.0.0\n");
    await expect(checkChangesets(root, "HEAD")).rejects.toThrow(
      "contract changed (packages/contract/package.json)",
    );
  });

  test("passes with a changeset that names it, committed or not", async () => {
    const { root, write, changeset, commit } = createRepository();
    write(INDEX, "export const a = 1;\n");
    changeset("one", "Exports a.", { consumer: "minor" });
    expect(await checkChangesets(root, "HEAD")).toHaveLength(1);
    commit();
    expect(await checkChangesets(root, "HEAD~1")).toHaveLength(1);
  });

  test("is refused with a changeset of another package, or one that was there before", async () => {
    const { root, write, changeset, commit } = createRepository();
    changeset("before", "Of an earlier change.", { consumer: "patch" });
    commit();
    write(INDEX, "export const a = 1;\n");
    changeset("other", "Of another package.", { producer: "patch" });
    await expect(checkChangesets(root, "HEAD")).rejects.toThrow("consumer changed");
  });

  test("passes once a release gave it a version of its own", async () => {
    const { root, write, commit } = createRepository();
    write(INDEX, "export const a = 1;\n");
    write("packages/consumer/package.json", { name: "@upgrade-halt/consumer", version: "1.3.0" });
    commit();
    expect(await checkChangesets(root, "HEAD~1")).toEqual([]);
  });

  test("passes where only its tests, its scripts and its tools changed", async () => {
    const { root, write } = createRepository();
    write("packages/consumer/src/a.test.ts", "");
    write("packages/consumer/src/testing/a.ts", "");
    write("packages/consumer/bench/a.ts", "");
    write("packages/consumer/package.json", {
      name: "@upgrade-halt/consumer",
      version: "1.2.3",
      scripts: { test: "vitest" },
      dependencies: { "@upgrade-halt/contract": "workspace:^", zod: "catalog:" },
      devDependencies: { zod: "1" },
    });
    expect(await checkChangesets(root, "HEAD")).toEqual([]);
  });
});

test("a changeset that names no package is refused in one sentence", async () => {
  const { root, changeset } = createRepository();
  changeset("lost", "Of nobody.", { consumr: "patch" });
  await expect(checkedPlan(root)).rejects.toThrow(/^The changesets make no plan: [^\n]*consumr[^\n]*\.$/);
});

describe("a major version of the contract", () => {
  const MIGRATION = "docs/migrations/contract-2.md";

  test("is refused until its migration says what producers and consumers must do", async () => {
    const { root, write, changeset } = createRepository();
    changeset("major", "Renames a field.", { contract: "major", producer: "major", consumer: "major" });
    await expect(checkedPlan(root)).rejects.toThrow(`nobody says how to move to it: write ${MIGRATION}.`);
    write(MIGRATION, "# Contract 2\n\n## For producers\n\n## For consumers\n\nRead both.\n");
    await expect(checkedPlan(root)).rejects.toThrow(`${MIGRATION} says nothing under "## For producers"`);
    write(MIGRATION, "# Contract 2\n\n## For producers\n\nWrite b.\n\n## For consumers\n\nRead both.\n");
    expect(await checkedPlan(root)).toHaveLength(3);
  });

  test("takes the packages that use it along", async () => {
    const { root, write, changeset } = createRepository();
    write(MIGRATION, "# Contract 2\n\n## For producers\n\nWrite b.\n\n## For consumers\n\nRead both.\n");
    changeset("major", "Renames a field.", { contract: "major", consumer: "major" });
    await expect(checkedPlan(root)).rejects.toThrow("2.0.0, and @upgrade-halt/producer would not");
  });

  test("of another package needs none", async () => {
    const { root, changeset } = createRepository();
    changeset("major", "Removes a function.", { consumer: "major" });
    expect(await checkedPlan(root)).toHaveLength(1);
  });
});

describe("an export that a report of the public types lost", () => {
  const REPORT = "docs/api/consumer.api.md";
  const of = (...names: readonly string[]) =>
    `\`\`\`ts\n\n${names.map((name) => `// @public\nexport function ${name}(): void;\n\n`).join("")}\`\`\`\n`;

  test("demands a major changeset, or the word of one that it is compatible", async () => {
    const { root, write, changeset, commit } = createRepository();
    write(REPORT, of("classify", "recommend"));
    commit();
    write(REPORT, of("classify"));
    changeset("one", "Removes recommend.", { consumer: "minor" });
    await expect(checkChangesets(root, "HEAD")).rejects.toThrow(
      `${REPORT} says that recommend changed or went away: that takes a major changeset`,
    );
    changeset("one", "Nobody could call it.\n\nCompatible: recommend", { consumer: "minor" });
    expect(await checkChangesets(root, "HEAD")).toHaveLength(1);
    changeset("one", "Removes recommend.", { consumer: "major" });
    expect(await checkChangesets(root, "HEAD")).toHaveLength(1);
  });
});
