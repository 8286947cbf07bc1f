import { expect, test } from "vitest";
import { getDependencyReleaseLine, getReleaseLine } from "./changelog.ts";

test("an item of the changelog is what the author wrote, without a hash", () => {
  expect(getReleaseLine({ summary: "Reads more.\nAlso this:\n\n- one\n" })).toBe(
    "- Reads more.\n  Also this:\n\n  - one",
  );
});

test("packages that are used are named with their version, and nothing is said of none", () => {
  expect(
    getDependencyReleaseLine(
      [],
      [
        { name: "a", newVersion: "1.0.0" },
        { name: "b", newVersion: "2.0.0" },
      ],
    ),
  ).toBe("- Uses `a` 1.0.0, `b` 2.0.0.");
  expect(getDependencyReleaseLine([], [])).toBe("");
});
