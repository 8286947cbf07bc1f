/**
 * Holds TypeScript and Go to the same bytes, in both directions:
 * `node scripts/conformance-go.ts [--seed S] [--count N]`.
 *
 * 1. `go test` reads the vectors that TypeScript's tests read, and compares them with what Go prints.
 * 2. N random intents made here are written by both languages: the same bytes.
 * 3. N random intents made by Go are read here: the same values; and written again: the same bytes.
 *
 * The counts go to `test-results/go.json` in Vitest's shape. Exits 1 after saying what differs, or that there is no Go.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { encodeHaltIntent } from "../src/encode-halt-intent.ts";
import type { HaltIntent } from "../src/halt-intent.ts";
import { parseHaltIntent } from "../src/parse-halt-intent.ts";
import { type Campaign, campaignOf } from "../src/testing/campaign-options.ts";
import { type IntentInput, textOf } from "../src/vectors.ts";
import { type Counts, GoError, goTests, runGo } from "./go.ts";
import { randomInput, randomOf } from "./random-intents.ts";

interface Answer {
  readonly input?: IntentInput;
  readonly output?: string;
  readonly error?: string;
}

const SHOWN = 5;

async function answers(requests: readonly unknown[], expected: number): Promise<readonly Answer[]> {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
  const { code, stdout, stderr } = await runGo(["run", "./cmd/conform"], input);
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (code === 0 && lines.length === expected) return lines.map((line) => JSON.parse(line) as Answer);
  throw new GoError(`Go answered ${lines.length} of ${expected} requests and ended with ${code}: ${stderr}`);
}

function intentOf({ plan_name_utf16, info_utf16, ...rest }: IntentInput): HaltIntent {
  return { ...rest, plan_name: textOf(plan_name_utf16), info: textOf(info_utf16) };
}

/** What differs when TypeScript writes the intent that Go wrote as `answer`. */
function differenceInWriting(input: IntentInput, answer: Answer): string | undefined {
  const written = encodeHaltIntent(intentOf(input));
  return written === answer.output
    ? undefined
    : `TypeScript writes ${written}\nGo writes         ${answer.output ?? answer.error}`;
}

/** What differs when TypeScript reads what Go wrote of its own intent. */
function differenceInReading({ input, output }: Answer): string | undefined {
  if (input === undefined || output === undefined) return "Go could not write its own intent";
  const { plan_name, height, info, ...rest } = intentOf(input);
  const expected = {
    ...rest,
    plan_name: plan_name?.toWellFormed() || undefined,
    height: height || undefined,
    info: info?.toWellFormed() || undefined,
  };
  const reading = parseHaltIntent(output);
  if (reading.kind !== "intent" || reading.defects.length > 0)
    return `${output} reads as ${JSON.stringify(reading)}`;
  for (const [field, value] of Object.entries(expected)) {
    const read = reading.intent[field as keyof HaltIntent];
    if (read !== value)
      return `${output}: ${field} reads as ${JSON.stringify(read)}, Go has ${JSON.stringify(value)}`;
  }
  const again = encodeHaltIntent({ ...rest, ...reading.intent });
  // Go escapes the byte that stands for a lone surrogate; read and written again it is a raw U+FFFD.
  const bytes = output.replaceAll(/(?<!\\)((?:\\\\)*)\\ufffd/g, "$1\ufffd");
  return again === bytes ? undefined : `${output} is written again as ${again}`;
}

function report(title: string, differences: readonly (string | undefined)[], counts: Counts): void {
  const found = differences.filter((difference) => difference !== undefined);
  for (const difference of found.slice(0, SHOWN)) console.error(difference);
  console.log(`${title}: ${differences.length} intents, ${found.length} differ`);
  counts[found.length === 0 ? "passed" : "failed"]++;
}

async function main({ seed, size: count }: Campaign): Promise<Counts> {
  const version = await runGo(["version"]);
  console.log(`${version.stdout.trim()}, seed ${seed}, ${count} intents each way`);
  const { counts, output } = await goTests();
  if (counts.failed > 0) console.error(output);
  console.log(`go test: ${counts.passed} passed, ${counts.failed} failed`);
  const random = randomOf(seed);
  const inputs = Array.from({ length: count }, () => randomInput(random));
  const written = await answers(
    inputs.map((marshal) => ({ marshal })),
    count,
  );
  report(
    "written by both",
    inputs.map((input, i) => differenceInWriting(input, written[i] ?? {})),
    counts,
  );
  const generated = await answers([{ generate: { seed, count } }], count);
  report("written by Go, read and written again", generated.map(differenceInReading), counts);
  return counts;
}

async function prove(campaign: Campaign): Promise<number> {
  try {
    const counts = await main(campaign);
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

const told = campaignOf(
  process.argv.slice(2),
  {
    command: "conformance:go",
    does: "holds TypeScript and Go to the same bytes, over the vectors and over random intents in both directions",
    size: "count",
    defaultSize: 20_000,
  },
  () => Math.floor(Math.random() * 2 ** 31),
);
if (told.kind === "campaign") {
  process.exitCode = await prove(told);
} else {
  console[told.kind === "help" ? "log" : "error"](told.text);
  process.exitCode = told.exitCode;
}
