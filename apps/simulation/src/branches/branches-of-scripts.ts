import { readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { convert } from "ast-v8-to-istanbul";
import { type Branch, branchesOf } from "./branches.ts";

/** The part of the controller that decides and acts. */
const DECIDES_AND_ACTS =
  /\/mini-controller\/dist\/((?:act|decide|detect|journal|judge|model|observe|workloads)\/.*|node-reconciler)\.js$/;

/** The branches of the TypeScript that V8's coverage is of, as far as it decides and acts; always in the same order. */
export async function branchesOfScripts(
  scripts: readonly Profiler.ScriptCoverage[],
): Promise<readonly Branch[]> {
  const counted = scripts
    .filter(({ url }) => DECIDES_AND_ACTS.test(url))
    .toSorted((one, other) => (one.url < other.url ? -1 : 1));
  return (await Promise.all(counted.map(branchesOfScript))).flat();
}

async function branchesOfScript(coverage: Profiler.ScriptCoverage): Promise<readonly Branch[]> {
  const built = fileURLToPath(coverage.url);
  const code = readFileSync(built, "utf8");
  // Parsed anew each time: what converts it writes into it.
  const ast = parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const sourceMap = JSON.parse(readFileSync(`${built}.map`, "utf8"));
  const covered = await convert({ code, ast, coverage, sourceMap, wrapperLength: 0 });
  return Object.values(covered).flatMap((file) => branchesOf(file, readFileSync(file.path, "utf8")));
}
