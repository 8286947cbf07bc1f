import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHART, chartFiles, prometheusRule } from "./chart.ts";

/** Written by hand: they have no manifest beside them, or are made from one when the chart is rendered. */
const BY_HAND = [
  "templates/NOTES.txt",
  "templates/_helpers.tpl",
  "templates/checks.yaml",
  "templates/monitoring/dashboard.yaml",
  "templates/monitoring/prometheus-rule.yaml",
];

test.each(Object.entries(chartFiles()))("%s of the chart is what its manifest says", (file, text) => {
  expect(readFileSync(join(CHART, file), "utf8"), "pnpm run chart writes it").toBe(text);
});

test("the chart has no other template or file", () => {
  const there = globSync(["templates/**/*.*", "files/**/*.*"], { cwd: CHART });
  expect(there.toSorted()).toEqual([...Object.keys(chartFiles()), ...BY_HAND].toSorted());
});

test("the PrometheusRule is what the alert rules say", () => {
  const installed = readFileSync(join(CHART, "../monitoring/prometheus-rule.yaml"), "utf8");
  expect(installed, "pnpm run chart writes it").toBe(prometheusRule());
});
