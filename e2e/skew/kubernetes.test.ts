import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KUBERNETES_VERSIONS } from "../control-plane/programs.ts";
import { tableOf } from "../harness/shown-table.ts";
import { ROOT } from "./generations.ts";
import { PAGE } from "./page.ts";

const [NEWEST, BETWEEN, OLDEST] = KUBERNETES_VERSIONS;

test("docs/compatibility.md says on which Kubernetes the suites run", () => {
  const suites = "`test:control-plane`, `test:chart`, `test:kubelet`";
  const rows = [
    [NEWEST, `newest: ${suites}, in each run of CI`],
    [BETWEEN, "`test:control-plane` and `test:chart` by command, before a release"],
    [OLDEST, "oldest: the same by command, before a release; the kubelet in each run of CI"],
  ];
  PAGE.expectShown("kubernetes", tableOf([["release", "what runs on it"], ...rows]));
});

test.each(KUBERNETES_VERSIONS)("%s is what its Go module builds", (version) => {
  const module = join(ROOT, "e2e/control-plane/kubernetes", version, "go.mod");
  expect(readFileSync(module, "utf8")).toContain(`k8s.io/kubernetes ${version}`);
});
