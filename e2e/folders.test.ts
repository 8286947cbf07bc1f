import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { proof } from "./harness/proof.ts";
import { factsOf } from "./harness/source-facts.ts";

const ROOT = dirname(import.meta.dirname);

/**
 * The folders within a folder, and the files beside them, from the bottom up: each imports only from itself and from what
 * stands before it.
 */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  "apps/mini-controller/src": [
    ...[
      "controller-error.ts",
      "per-object.ts",
      "api",
      "kube",
      "model",
      "workloads",
      "paging",
      "judge",
      "journal",
    ],
    ...["observe", "detect", "decide", "act", "policies", "node-reconciler.ts"],
    ...["server", "controller.ts", "index.ts", "cli", "main.ts"],
  ],
  "packages/consumer/src/cli": [
    ...["exit-codes.ts", "leave.ts", "output", "input", "announce", "supervise", "judge", "doctor"],
    ...["kubectl", "help", "version.ts", "program.ts", "run.ts"],
  ],
};

/** A file's path below a folder, and the paths that it imports there, types included. */
type Imports = ReadonlyMap<string, readonly string[]>;

function importsUnder(folder: string): Imports {
  const cwd = join(ROOT, folder);
  const files = globSync("**/*.ts", { cwd }).filter((file) => !/\.test\.ts$|(^|\/)testing\//.test(file));
  return new Map(
    files.map((file) => [file, importsOf(file, readFileSync(join(cwd, file), "utf8"))] as const).toSorted(),
  );
}

function importsOf(file: string, source: string): readonly string[] {
  return factsOf(source)
    .imports.filter((specifier) => specifier.startsWith("."))
    .map((specifier) => normalize(join(dirname(file), specifier)))
    .filter((target) => !target.startsWith(".."));
}

/** Imports that lead to a higher floor, or to or from a file that stands on none. */
function importsUp(imports: Imports, floors: readonly string[]): readonly string[] {
  const floorOf = (file: string) => floors.indexOf(file.split("/")[0] ?? "");
  return [...imports].flatMap(([file, targets]) =>
    [file, ...targets]
      .filter((target) => floorOf(target) === -1 || floorOf(target) > floorOf(file))
      .map((target) => `${file} -> ${target}`),
  );
}

/** One import cycle, as the files that it goes through; `undefined` when there is none. */
function cycleIn(imports: Imports): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of imports.get(file) ?? []) {
      const cycle = visit(target, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe("inside a package", () => {
  const packages = globSync("{packages,apps}/*/package.json", { cwd: ROOT }).map(dirname).toSorted();

  for (const folder of packages)
    proof(`no file of ${folder} imports itself by way of others`, ["BOUNDARIES"], () => {
      const imports = importsUnder(`${folder}/src`);
      expect(imports.size).toBeGreaterThan(0);
      expect(cycleIn(imports)).toBeUndefined();
    });

  for (const [folder, floors] of Object.entries(FLOORS)) {
    proof(`no folder of ${folder} imports from one above it`, ["BOUNDARIES"], () => {
      expect(importsUp(importsUnder(folder), floors)).toEqual([]);
    });

    proof(`every floor of ${folder} is there`, ["BOUNDARIES"], () => {
      const there = new Set([...importsUnder(folder).keys()].map((file) => file.split("/")[0]));
      expect(floors.filter((floor) => !there.has(floor))).toEqual([]);
    });
  }
});

describe("docs/architecture.md", () => {
  const sections = readFileSync(join(ROOT, "docs/architecture.md"), "utf8").split(/^## /m);

  for (const [folder, floors] of Object.entries(FLOORS))
    proof(`has every folder of ${folder}, from the bottom up`, ["BOUNDARIES"], () => {
      const section = sections.find((text) => text.includes(`Below \`${folder}\``)) ?? "";
      const named = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
      expect(named).toEqual(floors.filter((floor) => !floor.endsWith(".ts")));
    });
});

describe("these rules can fail", () => {
  const floors = ["low", "high", "main.ts"];

  test("on a folder that imports from one above it", () => {
    const imports: Imports = new Map([["low/a.ts", importsOf("low/a.ts", 'import "../high/b.ts";')]]);
    expect(importsUp(imports, floors)).toEqual(["low/a.ts -> high/b.ts"]);
  });

  test("on a folder that has no floor", () => {
    expect(importsUp(new Map([["attic/a.ts", []]]), floors)).toEqual(["attic/a.ts -> attic/a.ts"]);
  });

  test("on a type that comes back around", () => {
    const imports: Imports = new Map([
      ["low/a.ts", importsOf("low/a.ts", 'import type { B } from "./b.ts";')],
      ["low/b.ts", importsOf("low/b.ts", 'export { a } from "./c.ts";')],
      ["low/c.ts", importsOf("low/c.ts", 'const a = await import("./a.ts");')],
    ]);
    expect(cycleIn(imports)).toEqual(["low/a.ts", "low/b.ts", "low/c.ts", "low/a.ts"]);
  });

  test("and let through what goes down, or stays", () => {
    const imports: Imports = new Map([
      ["main.ts", importsOf("main.ts", 'import "./high/b.ts"; import "./low/a.ts";')],
      ["high/b.ts", importsOf("high/b.ts", 'import "../low/a.ts"; import "./c.ts";')],
    ]);
    expect(importsUp(imports, floors)).toEqual([]);
    expect(cycleIn(imports)).toBeUndefined();
  });
});
