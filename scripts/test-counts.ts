/**
 * Adds up what the test runners of this checkout counted and prints it as the last line of a run:
 * `N passed, N failed` (`, N skipped` where any was). Runners write Vitest's JSON report shape to
 * `test-results/*.json` beside the package they belong to.
 *
 * Each failed test is named with the begin of its message, so that the end of a long log says what broke. A proof that was
 * skipped proves nothing: each skipped test is named too. Exits 1 when anything failed or was skipped
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

const MESSAGE_LINES = 6;

interface Test {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages?: readonly string[] | null;
}

interface Report {
  /** Left out by a runner that counts its tests but doesn't name them. */
  readonly testResults?: readonly {
    readonly status?: string;
    /** Why a whole file failed, before any of its tests ran. */
    readonly message?: string;
    readonly name?: string;
    readonly assertionResults: readonly Test[];
  }[];
}

/** What did not pass, one sentence each. */
function notPassed({ testResults = [] }: Report): readonly string[] {
  const begin = (message: string): string => message.split("\n").slice(0, MESSAGE_LINES).join("\n  ");
  const ofTest = ({ status, fullName, failureMessages }: Test): readonly string[] => {
    if (status === "failed") return [`failed: ${fullName}\n  ${begin((failureMessages ?? []).join("\n"))}`];
    return ["pending", "skipped", "todo"].includes(status) ? [`skipped: ${fullName}`] : [];
  };
  return testResults.flatMap(({ status, name, message, assertionResults }) =>
    status === "failed" && assertionResults.length === 0
      ? [`failed: ${name}\n  ${begin(message ?? "")}`]
      : assertionResults.flatMap(ofTest),
  );
}

function read(file: string): Record<Outcome, number> {
  const report = JSON.parse(readFileSync(file, "utf8"));
  for (const sentence of notPassed(report)) console.log(`${file}: ${sentence}`);
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
