import type { FileCoverageData, Location, Range } from "istanbul-lib-coverage";

/** A way that a program can take, or a function. */
export interface Branch {
  /** Path below the program's `src`. */
  readonly file: string;
  readonly line: number;
  /** What stands there, with single spaces; an operand, and one side of `?:`, with the expression that it is of. */
  readonly text: string;
  readonly isTaken: boolean;
}

/** The branches of a file's source, as Istanbul counts them, and its functions. */
export function branchesOf(coverage: FileCoverageData, source: string): readonly Branch[] {
  const file = coverage.path.slice(coverage.path.lastIndexOf("/src/") + "/src/".length);
  const lines = source.split("\n");
  const functions = Object.entries(coverage.fnMap).map(([id, { loc, decl, name }]) => ({
    file,
    line: decl.start.line,
    text: `${name}: ${textAt(loc, lines)}`,
    isTaken: (coverage.f[id] ?? 0) > 0,
  }));
  const branches = Object.entries(coverage.branchMap).flatMap(([id, { loc, locations, type }]) =>
    locations.map((location, index) => {
      // The way beside an `if` that has no `else` has no place of its own.
      const isBeside = type === "if" && index === 1 && isNowhere(location);
      const at = isBeside ? loc : location;
      const own = textAt(at, lines);
      const whole = EXPRESSIONS.has(type) ? ` of ${textAt(loc, lines)}` : "";
      return {
        file,
        line: at.start.line,
        text: `${isBeside ? "not " : ""}${type}: ${own}${whole}`,
        isTaken: (coverage.b[id]?.[index] ?? 0) > 0,
      };
    }),
  );
  return [...functions, ...branches];
}

/** Kinds of branches of which the same few characters stand in many places. */
const EXPRESSIONS: ReadonlySet<string> = new Set(["binary-expr", "cond-expr", "default-arg"]);

/** Each branch by its file and its number there: the same in every process, whichever files that counted in. */
export function byPlace(branches: readonly Branch[]): ReadonlyMap<string, Branch> {
  const counts = new Map<string, number>();
  return new Map(
    branches.map((branch) => {
      const number = counts.get(branch.file) ?? 0;
      counts.set(branch.file, number + 1);
      return [`${branch.file} ${number}`, branch];
    }),
  );
}

/** The branches as several processes counted them: taken where one of them took it. */
export function takenByAny(counted: readonly (readonly Branch[])[]): readonly Branch[] {
  const all = new Map<string, Branch>();
  for (const [place, branch] of counted.flatMap((branches) => [...byPlace(branches)])) {
    const isTaken = branch.isTaken || all.get(place)?.isTaken === true;
    all.set(place, { ...branch, isTaken });
  }
  return [...all.values()];
}

function isNowhere({ start }: Range): boolean {
  return (start as Partial<Location>).line === undefined;
}

function textAt({ start, end }: Range, lines: readonly string[]): string {
  const within = lines.slice(start.line - 1, end.line);
  const last = within.length - 1;
  return within
    .map((line, index) => line.slice(index === 0 ? start.column : 0, index === last ? end.column : undefined))
    .join(" ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
