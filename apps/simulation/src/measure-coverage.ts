import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { convert } from "ast-v8-to-istanbul";
import { type Branch, branchesOf } from "./branches.ts";
import { EXCEPTIONS } from "./coverage-exceptions.ts";

/** The part of the controller that decides and acts. */
const DECIDES_AND_ACTS =
  /\/mini-controller\/dist\/((?:act|decide|detect|journal|judge|model|observe|workloads)\/.*|node-reconciler)\.js$/;

/** Plays `steps` steps in a process of its own and says which branches it never took. Resolves to the exit code. */
export async function measureCoverage(seed: number, steps: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-coverage-"));
  try {
    const played = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), "--seed", String(seed), "--steps", String(steps), "--all"],
      { env: { ...process.env, NODE_V8_COVERAGE: folder }, stdio: ["ignore", "inherit", "inherit"] },
    );
    const scripts = readdirSync(folder).flatMap(
      (name): readonly Profiler.ScriptCoverage[] =>
        JSON.parse(readFileSync(join(folder, name), "utf8")).result,
    );
    const own = scripts.filter(({ url }) => DECIDES_AND_ACTS.test(url));
    const branches = (await Promise.all(own.map(branchesOfScript))).flat();
    return report(branches) === 0 && played.status === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the TypeScript that a script was built from. */
async function branchesOfScript(coverage: Profiler.ScriptCoverage): Promise<readonly Branch[]> {
  const built = fileURLToPath(coverage.url);
  const code = readFileSync(built, "utf8");
  const ast = parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const sourceMap = JSON.parse(readFileSync(`${built}.map`, "utf8"));
  const covered = await convert({ code, ast, coverage, sourceMap, wrapperLength: 0 });
  return Object.values(covered).flatMap((file) => branchesOf(file, readFileSync(file.path, "utf8")));
}

/** How many branches were never taken and are excepted by no name, or are excepted and not there. */
function report(branches: readonly Branch[]): number {
  const open = branches.filter(({ isTaken }) => !isTaken);
  const excepted = EXCEPTIONS.flatMap((exception) => exception.branches);
  const isExcepted = ({ file, text }: Branch) =>
    excepted.some(([where, begin]) => (where === "*" || where === file) && text.startsWith(begin));
  const missing = open.filter((branch) => !isExcepted(branch));
  const stale = excepted.filter(
    ([where, begin]) =>
      !branches.some(({ file, text }) => (where === "*" || where === file) && text.startsWith(begin)),
  );
  for (const [where, begin] of stale) console.log(`excepted, and not there: ${where}  ${begin}`);
  for (const { file, line, text } of missing)
    console.log(`never taken: ${file}:${line}  ${text.slice(0, 160)}`);
  const taken = branches.length - open.length;
  const share = ((100 * taken) / branches.length).toFixed(1);
  console.log(
    `${taken} of ${branches.length} branches and functions taken (${share} %), ${open.length - missing.length} excepted by name, ${missing.length} missing`,
  );
  return missing.length + stale.length;
}
