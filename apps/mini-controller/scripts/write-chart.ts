/** Writes what is made from the manifests: the chart's templates and files, and the PrometheusRule. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CHART, chartFiles, prometheusRule } from "../src/testing/chart.ts";

for (const folder of ["templates/crds", "templates/rbac", "templates/admission", "files"])
  rmSync(join(CHART, folder), { recursive: true, force: true });
for (const [file, text] of Object.entries(chartFiles())) {
  const path = join(CHART, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
writeFileSync(join(CHART, "../monitoring/prometheus-rule.yaml"), prometheusRule());
