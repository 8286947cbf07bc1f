import { expect, test } from "vitest";
import { tableOf } from "../harness/shown-table.ts";
import { FUTURE, PAST, TREE } from "./generations.ts";
import { PAGE } from "./page.ts";

test("docs/compatibility.md says which releases are set against each other", () => {
  const rows = PAST.map(({ name, commit = "", about }) => [name, `commit \`${commit.slice(0, 7)}\``, about]);
  const head = ["name here", "made from", "what sets it apart"];
  const made = [
    [TREE.name, "the tree that this page is in", TREE.about],
    [FUTURE.name, "the same, and what `e2e/skew/future.ts` adds", FUTURE.about],
  ];
  PAGE.expectShown("releases", tableOf([head, ...rows, ...made]));
  expect(PAST.length).toBeGreaterThan(1);
});
