/**
 * Holds TypeScript and Go to the same bytes, in both directions:
 * `node scripts/conformance-go.ts [--seed S] [--count N]`.
 *
 * 1. `go test` reads the vectors that TypeScript's tests read, and compares them with what Go prints; `go vet` finds nothing.
 * 2. N random intents made here are written by both languages: the same bytes.
 * 3. N random intents made by Go are read here: the same values; and written again: the same bytes.
 * 4. N random bodies, most of them damaged, are read by both: the same JSON, and the same values but for the rules of
 *    docs/protocol.md.
 *
 * The counts go to `test-results/go.json` in Vitest's shape. Exits 1 after saying what differs, or that there is no Go.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { runSeeded, type SeededRun, seededRandom } from "@upgrade-halt/testing";
import { randomBody } from "../fuzz/random-body.ts";
import { type Answer, differenceInReading, differenceInWriting, differenceOfReaders } from "./differences.ts";
import { type Counts, GoError, goTests, runGo } from "./go.ts";
import { randomInput } from "./random-intents.ts";

const SHOWN = 5;

async function answers(requests: readonly unknown[], expected: number): Promise<readonly Answer[]> {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
  const { code, stdout, stderr } = await runGo(["run", "./cmd/conform"], input);
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (code === 0 && lines.length === expected) return lines.map((line) => JSON.parse(line) as Answer);
  throw new GoError(`Go answered ${lines.length} of ${expected} requests and ended with ${code}: ${stderr}`);
}

function report(title: string, differences: readonly (string | undefined)[], counts: Counts): void {
  const found = differences.filter((difference) => difference !== undefined);
  for (const difference of found.slice(0, SHOWN)) console.error(difference);
  console.log(`${title}: ${differences.length}, ${found.length} differ`);
  counts[found.length === 0 ? "passed" : "failed"]++;
}

async function main({ seed, size: count }: SeededRun): Promise<Counts> {
  const version = await runGo(["version"]);
  console.log(`${version.stdout.trim()}, seed ${seed}, ${count} intents each way`);
  const { counts, output } = await goTests();
  const vetted = await runGo(["vet", "./..."]);
  if (vetted.code !== 0) console.error(vetted.stderr);
  counts[vetted.code === 0 ? "passed" : "failed"]++;
  if (counts.failed > 0) console.error(output);
  console.log(`go test: ${counts.passed} passed, ${counts.failed} failed`);
  const random = seededRandom(seed);
  const inputs = Array.from({ length: count }, () => randomInput(random));
  const written = await answers(
    inputs.map((marshal) => ({ marshal })),
    count,
  );
  report(
    "intents written by both",
    inputs.map((input, i) => differenceInWriting(input, written[i] ?? {})),
    counts,
  );
  const generated = await answers([{ generate: { seed, count } }], count);
  report("intents written by Go, read and written again", generated.map(differenceInReading), counts);
  const bodies = Array.from({ length: count }, () => randomBody(random));
  const read = await answers(
    bodies.map((body) => ({ unmarshal: Buffer.from(body).toString("base64") })),
    count,
  );
  report(
    "bodies read by both",
    bodies.map((body, i) => differenceOfReaders(body, read[i] ?? {})),
    counts,
  );
  return counts;
}

async function prove(told: SeededRun): Promise<number> {
  try {
    const counts = await main(told);
    mkdirSync(new URL("../test-results/", import.meta.url), { recursive: true });
    const results = {
      numPassedTests: counts.passed,
      numFailedTests: counts.failed,
      numPendingTests: counts.skipped,
    };
    writeFileSync(new URL("../test-results/go.json", import.meta.url), `${JSON.stringify(results)}\n`);
    return counts.failed === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    console.error(`conformance:go: ${error.message}`);
    return 1;
  }
}

await runSeeded(
  {
    command: "conformance:go",
    does: "holds TypeScript and Go to the same bytes, over the vectors, random intents in both directions and damaged bodies",
    size: "count",
    defaultSize: 20_000,
  },
  prove,
);
