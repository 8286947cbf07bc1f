import { mkdirSync, writeFileSync } from "node:fs";

/** Counts as a test runner does: writes `test-results/<name>.json`, which `scripts/test-counts.ts` adds up. */
export function report(
  name: string,
  { passed, failed }: { readonly passed: number; readonly failed: number },
): void {
  const folder = new URL("../test-results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0 };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(counts)}\n`);
}
