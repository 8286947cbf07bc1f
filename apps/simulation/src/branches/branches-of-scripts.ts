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
  const { code, ast, sourceMap, sourceOf } = scriptAt(coverage.url);
  const functions = withWhole(coverage.functions, code.length);
  const covered = await convert({
    code,
    ast,
    coverage: { ...coverage, functions },
    sourceMap,
    wrapperLength: 0,
  });
  return Object.values(covered).flatMap((file) => branchesOf(file, sourceOf(file.path)));
}

/** Read once each, as one process may ask for the same script again and again. */
const scripts = new Map<string, ReturnType<typeof readScript>>();

function scriptAt(url: string): ReturnType<typeof readScript> {
  const script = scripts.get(url) ?? readScript(url);
  scripts.set(url, script);
  return script;
}

function readScript(url: string) {
  const built = fileURLToPath(url);
  const code = readFileSync(built, "utf8");
  const sources = new Map<string, string>();
  return {
    code,
    ast: parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true }),
    sourceMap: JSON.parse(readFileSync(`${built}.map`, "utf8")),
    sourceOf: (path: string): string => {
      const source = sources.get(path) ?? readFileSync(path, "utf8");
      sources.set(path, source);
      return source;
    },
  };
}

/** V8 says nothing of a script's own level, and of what was not called there, where it counted that before. */
function withWhole(
  functions: readonly Profiler.FunctionCoverage[],
  length: number,
): Profiler.FunctionCoverage[] {
  const [first] = functions;
  if (first?.ranges[0]?.startOffset === 0 && first.ranges[0].endOffset >= length) return [...functions];
  const ranges = [{ startOffset: 0, endOffset: length, count: 0 }];
  return [{ functionName: "", ranges, isBlockCoverage: true }, ...functions];
}
