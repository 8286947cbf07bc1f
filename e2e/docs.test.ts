import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "..");
const BOOTSTRAP = "npx --yes pnpm@12.21.0 ";
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The commands of CONTRIBUTING.md's first change. */
const FIRST_CHANGE = [
  "install",
  "--filter @upgrade-halt/consumer exec vitest run src/printable.test.ts",
  "--filter @upgrade-halt/consumer run typecheck",
  "run lint",
] as const;
const FIRST_CHANGE_TEST = [
  "e2e/packages/first-change.test.ts",
  "for (const command of [focused, ...checks])",
] as const;

/** Commands that a test runs instead of CI, and the text of that test which shows it. */
const RUN_BY_A_TEST: Readonly<Record<string, readonly [file: string, shownBy: string]>> = {
  "run sandbox": ["e2e/browser/start.test.ts", `"pnpm@12.21.0", "run", "sandbox"`],
  "run demo --keep": ["e2e/demo-keep.test.ts", `startDemo("--keep")`],
  ...Object.fromEntries(FIRST_CHANGE.map((command) => [command, FIRST_CHANGE_TEST])),
  "run demo:chain": ["e2e/chains/demo.test.ts", `await demo(["--json"])`],
};

function commandsOf(document: string): string[] {
  const blocks = [...read(document).matchAll(/^```sh\n(.*?)^```$/gms)];
  return blocks.flatMap(([, body = ""]) => body.split("\n").filter((line) => line !== ""));
}

const commands = ["README.md", "CONTRIBUTING.md"].flatMap((document) =>
  commandsOf(document).map((command) => ({ document, command })),
);
const provenByCi = new Set(
  [...read(".ci/run").matchAll(/^(?:prove|prove_beside|long_run) pnpm (run \S+)/gm)].map(
    ([, command]) => command,
  ),
);

describe("what the documents tell a reader to run", () => {
  test.for(commands)("$document: $command", async ({ command }) => {
    expect(command.startsWith(BOOTSTRAP)).toBe(true);
    const asked = command.slice(BOOTSTRAP.length);
    if (asked.startsWith("exec ")) {
      const [program = "", ...args] = asked.split(" ").slice(1);
      const { stdout } = await promisify(execFile)(join(ROOT, "node_modules", ".bin", program), args);
      expect(stdout).not.toBe("");
      return;
    }
    const elsewhere = RUN_BY_A_TEST[asked];
    if (elsewhere) expect(read(elsewhere[0])).toContain(elsewhere[1]);
    else expect(provenByCi).toContain(asked);
  });

  test.each(["mock-node", "mini-controller", "upgrade-halt", "sandbox"])(
    "%s runs from the root",
    async (program) => {
      const { stdout } = await promisify(execFile)(join(ROOT, "node_modules", ".bin", program), ["--help"]);
      expect(stdout).toContain(`Usage: ${program}`);
    },
  );

  test.each(["mock-node", "mini-controller", "upgrade-halt", "sandbox"])(
    "%s says which version it is, of which contract and commit",
    async (program) => {
      for (const asked of ["--version", "version"]) {
        const { stdout } = await promisify(execFile)(join(ROOT, "node_modules", ".bin", program), [asked]);
        expect(stdout).toMatch(
          new RegExp(`^${program} \\d+\\.\\d+\\.\\d+ \\(contract \\d+\\.\\d+\\.\\d+, commit unknown\\)\n$`),
        );
      }
    },
  );

  test("whatever is asked for in the middle of a sentence is there too", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const asked = readmes().flatMap((document) => [
      ...read(document).matchAll(/`npx --yes pnpm@12\.21\.0 (run|exec) ([a-z][a-z:-]*)/g),
    ]);
    const missing = asked.filter(([, verb, name = ""]) =>
      verb === "run" ? !(name in scripts) : !existsSync(join(ROOT, "node_modules", ".bin", name)),
    );
    expect(asked.length).toBeGreaterThan(2);
    expect(missing.map(([text]) => text)).toEqual([]);
  });

  test("the README says on its first screen how to get the file, the package for Debian, the images, the chart and the packages", () => {
    const screen = read("README.md").split("\n").slice(0, 25).join("\n");
    const ways = ["upgrade-halt-linux-x64", "dpkg --install", "docker build", "helm install", "npm install"];
    expect(ways.filter((way) => !screen.includes(`\`${way}`))).toEqual([]);
  });

  test("CI runs every command of the table of proofs", () => {
    const rows = [...read("README.md").matchAll(/^\| `([a-z:-]+)` \|/gm)].map(([, name]) => `run ${name}`);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((command) => !provenByCi.has(command))).toEqual([]);
  });

  test("every benchmark that is named is there", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read("README.md").matchAll(/`(bench:[a-z]+)`/g)].map(([, name]) => name ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(Object.keys(scripts).filter((name) => name.startsWith("bench:") && !named.includes(name))).toEqual(
      [],
    );
  });

  test("the guide to alerts shows the inhibition that is shipped", () => {
    const [, shown = ""] = /```yaml\n(inhibit_rules:.*?)```/s.exec(read("docs/guides/alerts.md")) ?? [];
    expect(read("apps/mini-controller/deploy/monitoring/alertmanager.yaml")).toContain(shown);
    expect(shown).not.toBe("");
  });

  test("every relative link of the documents leads to a file", () => {
    const documents = readmes();
    for (const document of documents) {
      for (const [, target = ""] of read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(() => mustExist(join(document, "..", target)), `${document}: ${target}`).not.toThrow();
      }
    }
  });
});

function mustExist(path: string): void {
  statSync(join(ROOT, path));
}

function readmes(): string[] {
  const patterns = ["*.md", "docs/**/*.md", "{packages,apps}/*/README.md"];
  return globSync(patterns, { cwd: ROOT, exclude: ["**/node_modules/**"] });
}

describe("the guide to alerts", () => {
  const sources = globSync("apps/mini-controller/src/**/*.ts", {
    cwd: ROOT,
    exclude: ["**/*.test.ts", "**/testing/**"],
  });
  const given = sources.flatMap((file) => [...read(file).matchAll(/\breason(?: =|:) "([A-Z][A-Za-z]+)"/g)]);
  const listed = read("apps/mini-controller/src/server/step-series.ts").matchAll(/^ {2}"(\w+)",$/gm);
  const faults = read("apps/mini-controller/src/paging/target-fault.ts").matchAll(/(?<=reason: .*)"(\w+)"/g);
  const reasons = new Set([...given, ...listed, ...faults].map(([, reason = ""]) => reason));

  test("explains every reason that the controller may give", () => {
    const guide = read("docs/guides/alerts.md");
    expect(reasons.size).toBeGreaterThan(60);
    expect([...reasons].filter((reason) => !guide.includes(`\`${reason}\``)).sort()).toEqual([]);
  });
});

describe("the pod of the guide for Kubernetes", () => {
  test("gives doctor nothing to do but what the guide leaves to the node and to a controller", async () => {
    const [, shown = ""] =
      /file: sei\.yaml -->\n```yaml\n(.*?)```/s.exec(read("docs/guides/kubernetes.md")) ?? [];
    const child = execFile(join(ROOT, "node_modules", ".bin", "upgrade-halt"), [
      "doctor",
      "--objects",
      "-",
      "--json",
    ]);
    child.stdin?.end(JSON.stringify(parse(shown)));
    const { findings } = JSON.parse(await text(child.stdout ?? process.stdin)) as {
      findings: { check: string; state: string }[];
    };
    expect(findings.filter(({ state }) => state === "todo").map(({ check }) => check)).toEqual([
      "policy",
      "contract",
    ]);
    // Its rules hold the three codes. Whether they arrive hangs on the image's own entry point, as the guide says.
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "halt",
        state: "not-checked",
        found: expect.stringContaining("entry point"),
      }),
    );
  });
});

describe("the threat model", () => {
  const references = [...read("docs/security.md").matchAll(/`([\w./-]+\.ts)`(?: "([^"]+)")?/g)];

  test("names a test or an invariant for every threat", () => {
    const [, threats = ""] = read("docs/security.md").split("\n## Threats\n");
    const rows = threats.split("\n").filter((line) => /^\| (?!threat|---)/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => !/`[\w./-]+\.ts` "[^"]+"/.test(row))).toEqual([]);
  });

  test.each(references.map(([, file = "", name = ""]) => ({ file, name })))(
    "$file has $name",
    ({ file, name }) => expect(read(file)).toContain(name),
  );

  test("every manifest that it names is there", () => {
    const named = [...read("docs/security.md").matchAll(/`((?:deploy|rbac|admission)\/[\w/-]+\.yaml)`/g)];
    const paths = named.map(([, path = ""]) =>
      path.replace(/^(?:deploy\/)?/, "apps/mini-controller/deploy/"),
    );
    expect(paths.length).toBeGreaterThan(4);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe("what validators are promised", () => {
  const guide = read("docs/guides/validators.md");
  const [, guarantees = ""] = /## What the controller guarantees\n(.*?)\n## /s.exec(guide) ?? [];
  const references = [...guide.matchAll(/`([\w./-]+\.test\.ts)` "([^"]+)"/g)];

  test("names a test for every guarantee", () => {
    const rows = guarantees.split("\n").filter((line) => /^\| (?!it \||---)/.test(line));
    expect(rows.length).toBeGreaterThan(8);
    expect(rows.filter((row) => !/`[\w./-]+\.test\.ts` "[^"]+"/.test(row))).toEqual([]);
  });

  test.each(references.map(([, file = "", name = ""]) => ({ file, name })))(
    "$file has $name",
    ({ file, name }) => expect(read(file)).toContain(name),
  );

  test("every reason of a page that it explains is one of the controller's", () => {
    const [, table = ""] = guide.split("## What a page of this kind asks for\n");
    const reasons = [...table.matchAll(/`([A-Z][A-Za-z]+)`/g)].map(([, reason = ""]) => reason);
    const known = read("apps/mini-controller/src/server/step-series.ts");
    expect(reasons.length).toBeGreaterThan(5);
    expect(reasons.filter((reason) => !known.includes(`"${reason}"`))).toEqual([]);
  });
});
