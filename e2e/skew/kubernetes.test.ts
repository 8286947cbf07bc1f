import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PLAYED_SUITES, type PlayedSuite, readPlayed, recordOf } from "../control-plane/played.ts";
import { KUBERNETES_VERSIONS, type KubernetesVersion } from "../control-plane/programs.ts";
import { tableOf } from "../harness/shown-table.ts";
import { ROOT } from "./generations.ts";
import { PAGE } from "./page.ts";

const [NEWEST] = KUBERNETES_VERSIONS;
const SUITES_OF_CI: ReadonlySet<string> = new Set(
  readFileSync(join(ROOT, ".ci/run"), "utf8").match(/(?<=^prove(?:_beside)? pnpm run test:)\S+$/gm),
);

test("docs/compatibility.md says what held on which Kubernetes", () => {
  const rows = KUBERNETES_VERSIONS.map((version) => [
    version,
    ...PLAYED_SUITES.map((suite) => cellOf(version, suite)),
  ]);
  const head = ["release", ...PLAYED_SUITES.map((suite) => `\`test:${suite}\``)];
  PAGE.expectShown("kubernetes", tableOf([head, ...rows]));
});

function cellOf(version: KubernetesVersion, suite: PlayedSuite): string {
  const run = readPlayed(recordOf(version))[suite];
  const tests = run === undefined ? [] : [`${run.tests} tests`];
  if (version === NEWEST && SUITES_OF_CI.has(suite)) return [...tests, "in each run of CI"].join(", ");
  return run === undefined ? "no run is recorded" : `${tests}, on ${run.day}`;
}

test.each(KUBERNETES_VERSIONS)("%s is what its Go module builds", (version) => {
  const module = join(ROOT, "e2e/control-plane/kubernetes", version, "go.mod");
  expect(readFileSync(module, "utf8")).toContain(`k8s.io/kubernetes ${version}`);
});
