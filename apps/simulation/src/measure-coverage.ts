import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EXCEPTIONS } from "./coverage-exceptions.ts";

/** The part of the controller that decides and acts, in the built program. */
const DECIDES_AND_ACTS =
  /mini-controller\/dist\/((model|workloads|judge|observe|detect|decide|act|journal)\/.*|kube\/owner-reference|node-reconciler)\.js$/;

/** V8's block coverage: each range is a branch, and a count of 0 says that it was never taken. */
interface Script {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

export interface Branch {
  /** Path below `dist`. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly isTaken: boolean;
}

/** Plays `steps` steps in a process of its own and says which branches it never took. Resolves to the exit code. */
export function measureCoverage(seed: number, steps: number): number {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-coverage-"));
  try {
    const { stdout } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), "--seed", String(seed), "--steps", String(steps), "--all"],
      { encoding: "utf8", env: { ...process.env, NODE_V8_COVERAGE: folder }, maxBuffer: 64 * 1024 * 1024 },
    );
    console.log(stdout.split("\n").slice(-3).join("\n").trim());
    const scripts = readdirSync(folder).flatMap(
      (name): readonly Script[] => JSON.parse(readFileSync(join(folder, name), "utf8")).result,
    );
    return report(
      scripts.filter(({ url }) => DECIDES_AND_ACTS.test(url)).flatMap((script) => branchesOf(script)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function branchesOf({ url, functions }: Script): readonly Branch[] {
  const source = readFileSync(fileURLToPath(url), "utf8");
  const file = url.slice(url.indexOf("/dist/") + "/dist/".length);
  return functions.flatMap(({ ranges }) =>
    ranges.map(({ startOffset, endOffset, count }) => ({
      file,
      line: source.slice(0, startOffset).split("\n").length,
      text: source.slice(startOffset, endOffset).replaceAll(/\s+/g, " ").trim(),
      isTaken: count > 0,
    })),
  );
}

function report(branches: readonly Branch[]): number {
  const open = branches.filter(({ isTaken }) => !isTaken);
  const isExcepted = ({ file, text }: Branch) =>
    EXCEPTIONS.some((exception) =>
      exception.file === undefined
        ? exception.text === text
        : exception.file === file && text.includes(exception.text),
    );
  const missing = open.filter((branch) => !isExcepted(branch));
  for (const { file, line, text } of missing)
    console.log(`never taken: ${file}:${line}  ${text.slice(0, 140)}`);
  const taken = branches.length - open.length;
  const share = ((100 * taken) / branches.length).toFixed(1);
  console.log(
    `${taken} of ${branches.length} branches taken (${share} %), ${open.length - missing.length} excepted by name, ${missing.length} missing`,
  );
  return missing.length === 0 ? 0 : 1;
}
