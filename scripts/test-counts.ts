/**
 * Adds up what the test runners of this checkout counted and prints it as the last line of a run:
 * `N passed, N failed` (`, N skipped` where any was). Runners write Vitest's JSON report shape to
 * `test-results/*.json` beside the package they belong to.
 *
 * A proof that was skipped proves nothing: each skipped test is named. Exits 1 when anything failed or was skipped
 * that this machine could run, when nothing was counted, or when a report cannot be read.
 */
import { globSync, readFileSync } from "node:fs";

const COUNTS = { passed: "numPassedTests", failed: "numFailedTests", skipped: "numPendingTests" } as const;
type Outcome = keyof typeof COUNTS;

/**
 * Only the kernel can allow a second systemd, a kubelet or a Docker Engine, and nothing that a run installs changes its
 * mind: a skip is counted.
 */
const MAY_SKIP: ReadonlySet<string> = new Set([
  "e2e/test-results/systemd.json",
  "e2e/test-results/kubelet.json",
  "e2e/test-results/docker.json",
]);

interface Report {
  /** Left out by a runner that counts its tests but doesn't name them. */
  readonly testResults?: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function skippedOf({ testResults = [] }: Report): readonly string[] {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const notRun = new Set(["pending", "skipped", "todo"]);
  return tests.filter(({ status }) => notRun.has(status)).map(({ fullName }) => fullName);
}

function read(file: string): Record<Outcome, number> {
  const report = JSON.parse(readFileSync(file, "utf8"));
  for (const name of skippedOf(report)) console.log(`${file}: skipped: ${name}`);
  const count = (outcome: Outcome): number => {
    const value: unknown = report[COUNTS[outcome]];
    if (typeof value !== "number") throw new Error(`${file}: no number under ${COUNTS[outcome]}`);
    return value;
  };
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

const total: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
let unproven = 0;
for (const file of globSync([
  "{packages,apps}/*/test-results/*.json",
  "{e2e,release}/test-results/*.json",
]).sort()) {
  const counts = read(file);
  for (const outcome of ["passed", "failed", "skipped"] as const) total[outcome] += counts[outcome];
  if (!MAY_SKIP.has(file)) unproven += counts.skipped;
  console.log(`${file}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || unproven > 0 || total.passed === 0 ? 1 : 0;
