import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { proof } from "./harness/proof.ts";
import { factsOf } from "./harness/source-facts.ts";

const ROOT = dirname(import.meta.dirname);
const SCOPE = "@upgrade-halt/";

/** Who may import whom; `programs` may be started (found by `resolve`), never imported. */
const ROOMS: Readonly<Record<string, { folder: string; imports: string[]; programs?: string[] }>> = {
  kube: { folder: "packages/kube", imports: [] },
  testing: { folder: "packages/testing", imports: [] },
  contract: { folder: "packages/contract", imports: [] },
  producer: { folder: "packages/producer", imports: ["contract"] },
  consumer: { folder: "packages/consumer", imports: ["contract"] },
  "mock-node": { folder: "apps/mock-node", imports: ["producer", "contract"] },
  "mini-controller": { folder: "apps/mini-controller", imports: ["consumer", "contract", "kube"] },
  simulation: {
    folder: "apps/simulation",
    imports: ["mini-controller", "consumer", "contract", "kube", "testing"],
  },
  executable: { folder: "apps/executable", imports: ["consumer"] },
  sandbox: {
    folder: "apps/sandbox",
    imports: ["contract", "kube"],
    programs: ["mock-node", "mini-controller"],
  },
};

function sourcesUnder(folder: string): string[] {
  return globSync(`${folder}/**/*.{ts,mts,cts,js,mjs,cjs}`, {
    cwd: ROOT,
    exclude: ["**/node_modules/**", "**/dist/**", "**/coverage/**"],
  });
}

/** The room that a specifier leads to: by package name, or by a path that leaves its own folder. */
function roomOf(specifier: string, file: string): string | undefined {
  if (specifier.startsWith(SCOPE)) return specifier.slice(SCOPE.length).split("/")[0];
  if (!specifier.startsWith(".")) return undefined;
  const target = normalize(join(dirname(file), specifier));
  return Object.keys(ROOMS).find((room) => target.startsWith(`${ROOMS[room]?.folder}/`));
}

/** Whether a file of a room's `src` or `bin` is there for its tests only. */
const isForTests = (file: string): boolean => /\.test\.ts$|\/testing\//.test(file);

/** Whether a room ships the file; its tests, seeded runs and benchmarks it does not. */
const isShipped = (file: string): boolean => /^[^/]+\/[^/]+\/(src|bin)\//.test(file) && !isForTests(file);

/** The imports of a file of `room` that lead to a room it may not import. */
function strayImports(room: string, file: string, source: string): string[] {
  const allowed = [room, ...(ROOMS[room]?.imports ?? []), ...(isShipped(file) ? [] : ["testing"])];
  return factsOf(source).imports.filter((specifier) => {
    const target = roomOf(specifier, file);
    return target !== undefined && !allowed.includes(target);
  });
}

/** The imports of code that a path leads to inside another room; recorded data may be read where it lies. */
function importsFromInside(file: string, source: string): string[] {
  return factsOf(source).imports.filter(
    (specifier) =>
      specifier.startsWith(".") && roomOf(specifier, file) !== undefined && !/\.json$/.test(specifier),
  );
}

interface NpmImport {
  readonly file: string;
  readonly specifier: string;
  /** Of the room. */
  readonly folder: string;
}

/** What the files that a room ships import from outside this repository. */
function importsFromNpm(folder: string): NpmImport[] {
  return sourcesUnder(`${folder}/{src,bin,page}`)
    .filter((file) => !isForTests(file))
    .flatMap((file) =>
      factsOf(readFileSync(join(ROOT, file), "utf8"))
        .imports.filter((specifier) => !/^(\.|node:|@upgrade-halt\/)/.test(specifier))
        .map((specifier) => ({ file, specifier, folder })),
    );
}

/** Whether a package as it is installed for a room gives this out by this name; one that lists nothing gives out itself alone. */
function isExported(specifier: string, folder: string): boolean {
  const [name = "", subpath = ""] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(specifier)?.slice(1) ?? [];
  if (subpath === "") return true;
  const { exports = {} } = JSON.parse(
    readFileSync(join(ROOT, folder, "node_modules", name, "package.json"), "utf8"),
  );
  return Object.hasOwn(exports, `./${subpath}`);
}

/**
 * What a product source outside the contract may not spell: a halt's code, its token, or its field, as a value.
 * Inside a sentence, such as an example in `--help`, they are text.
 */
function spelledContract(source: string): (string | number)[] {
  const reserved = /^7[012]$|^\S*(halt_intent|upgrade_required|binary_too_new|downgrade_detected)\S*$/;
  return factsOf(source).literals.filter((literal) => reserved.test(String(literal)));
}

const product = Object.keys(ROOMS)
  .filter((room) => room !== "contract")
  .flatMap((room) => sourcesUnder(`${ROOMS[room]?.folder}/{src,bin}`))
  .filter((file) => !isForTests(file));

describe("the allowed imports", () => {
  for (const [room, { folder, imports, programs = [] }] of Object.entries(ROOMS)) {
    proof(`${room} imports ${imports.join(" and ") || "no other room"}`, ["BOUNDARIES"], () => {
      const sources = sourcesUnder(folder);
      const strays = sources.flatMap((file) =>
        strayImports(room, file, readFileSync(join(ROOT, file), "utf8")).map((specifier) => ({
          file,
          specifier,
        })),
      );
      expect(sources.length).toBeGreaterThan(0);
      expect(strays).toEqual([]);
    });

    proof(`${room}'s package.json declares no more than that`, ["BOUNDARIES"], () => {
      const manifest = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
      const { [`${SCOPE}testing`]: _, ...development } = manifest.devDependencies ?? {};
      const declared = Object.keys({
        ...manifest.dependencies,
        ...development,
        ...manifest.peerDependencies,
        ...manifest.optionalDependencies,
      });
      const rooms = declared.filter((name) => name.startsWith(SCOPE)).map((name) => name.slice(SCOPE.length));
      expect(rooms.filter((name) => ![...imports, ...programs].includes(name))).toEqual([]);
    });
  }

  proof("contract depends on zod alone", ["BOUNDARIES"], () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "packages/contract/package.json"), "utf8"));
    expect(Object.keys(manifest.dependencies)).toEqual(["zod"]);
  });
});

describe("the proofs in e2e", () => {
  proof("import what a room exports, and nothing from its inside", ["BOUNDARIES"], () => {
    const inside = sourcesUnder("e2e").flatMap((file) =>
      importsFromInside(file, readFileSync(join(ROOT, file), "utf8")).map((specifier) => ({
        file,
        specifier,
      })),
    );
    expect(inside).toEqual([]);
  });
});

describe("what a published package has from npm", () => {
  const published = globSync("packages/*/package.json", { cwd: ROOT })
    .map((path) => ({ path, manifest: JSON.parse(readFileSync(join(ROOT, path), "utf8")) }))
    .filter(({ manifest }) => !manifest.private);
  const dependencies = new Set(
    published
      .flatMap(({ manifest }) => Object.keys(manifest.dependencies))
      .filter((name) => !name.startsWith(SCOPE)),
  );
  const workspace = parse(readFileSync(join(ROOT, "pnpm-workspace.yaml"), "utf8"));

  proof("is what its manifest names", ["BOUNDARIES"], () => {
    const folders = published.map(({ path }) => dirname(path));
    const imported = folders.flatMap((folder) => importsFromNpm(folder).map(({ specifier }) => specifier));
    expect(new Set(imported)).toEqual(new Set([...dependencies, "fastify"]));
  });

  proof("may be a later version, so that security fixes reach its users", ["BOUNDARIES"], () => {
    const exact = [...dependencies].filter((name) => !String(workspace.catalog[name]).startsWith("^"));
    expect(exact).toEqual([]);
  });
});

describe("what comes from npm into anything that ships", () => {
  proof("is imported by a name that the dependency exports, never from its inside", ["BOUNDARIES"], () => {
    const imported = Object.values(ROOMS).flatMap(({ folder }) => importsFromNpm(folder));
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter(({ specifier, folder }) => !isExported(specifier, folder))).toEqual([]);
  });

  proof("is not patched", ["BOUNDARIES"], () => {
    const settings = ["pnpm-workspace.yaml", "package.json", "pnpm-lock.yaml"];
    const patched = settings.filter((file) =>
      readFileSync(join(ROOT, file), "utf8").includes("patchedDependencies"),
    );
    expect(patched).toEqual([]);
  });
});

describe("the contract's own words", () => {
  proof("are spelled in packages/contract alone", ["BOUNDARIES"], () => {
    const found = product.flatMap((file) =>
      spelledContract(readFileSync(join(ROOT, file), "utf8")).map((literal) => ({ file, literal })),
    );
    expect(product.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});

describe("these rules can fail", () => {
  const file = "packages/consumer/src/made-up.ts";

  test.each([
    'import { createHaltHolder } from "@upgrade-halt/producer";',
    'import type { Holder } from "@upgrade-halt/producer/fastify";',
    'export * from "@upgrade-halt/producer";',
    'const producer = await import("@upgrade-halt/producer");',
    'import { holder } from "../../producer/src/holder.ts";',
  ])("on %s in the consumer", (source) => {
    expect(strayImports("consumer", file, source)).toHaveLength(1);
  });

  test("on what only tests may import, in a file that ships", () => {
    const source = 'import { until } from "@upgrade-halt/testing";';
    expect(strayImports("consumer", file, source)).toHaveLength(1);
    expect(strayImports("consumer", "packages/consumer/src/made-up.test.ts", source)).toEqual([]);
    expect(strayImports("consumer", "packages/consumer/bench/made-up.ts", source)).toEqual([]);
  });

  test("on a path into a room, in a proof", () => {
    const source =
      'import { serve } from "../apps/sandbox/src/serve.ts";\nimport states from "../apps/sandbox/states.json";';
    expect(importsFromInside("e2e/made-up.test.ts", source)).toEqual(["../apps/sandbox/src/serve.ts"]);
  });

  test.each(["@kubernetes/client-node/dist/config.js", "undici/lib/core/request.js"])(
    "on %s in what ships",
    (specifier) => expect(isExported(specifier, "packages/kube")).toBe(false),
  );

  test("and let through what is allowed, and what only looks like an import", () => {
    const source = `
      import { exitCode } from "@upgrade-halt/contract";
      import { join } from "node:path";
      import { here } from "./here.ts";
      // import "@upgrade-halt/producer";
      const told = "@upgrade-halt/producer";
    `;
    expect(strayImports("consumer", file, source)).toEqual([]);
  });

  test.each([
    "exit(70);",
    "if (code === 71) hold();",
    "const field = `halt_intent`;",
    'path("result.halt_intent");',
    'const code = "72";',
  ])("on %s outside the contract", (source) => {
    expect(spelledContract(source)).toHaveLength(1);
  });

  test("and let through comments and other numbers", () => {
    expect(
      spelledContract('/* 70 */ wait(700, 1.71, 0x70); // halt_intent\nconst d = "127.0.0.70";'),
    ).toEqual([]);
  });
});

test("every room of the workspace is in the table", () => {
  const manifests = globSync("{packages,apps}/*/package.json", { cwd: ROOT });
  const folders = manifests.map((manifest) => dirname(relative(".", manifest))).sort();
  expect(folders).toEqual(
    Object.values(ROOMS)
      .map(({ folder }) => folder)
      .sort(),
  );
});
