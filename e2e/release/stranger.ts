import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalogVersion } from "../packages/catalog-version.ts";
import { runIn } from "../packages/run-in.ts";

const PROGRAM = `import { ShutdownReason, encodeHaltIntent, reasonToken } from "@upgrade-halt/contract";
import { classify, decodeStatus } from "@upgrade-halt/consumer";

const intent = encodeHaltIntent({
  reason: ShutdownReason.UpgradeRequired,
  reason_string: reasonToken(ShutdownReason.UpgradeRequired),
  plan_name: "v6.7",
  height: 100,
  announced_at: "2026-01-01T00:00:00Z",
});
const decoded = decodeStatus(JSON.parse(\`{"node_info":{"network":"pacific-1"},"halt_intent":\${intent}}\`));
if (decoded.kind !== "status") throw new Error(decoded.kind);
const verdict = classify({ status: { kind: "answered", at: 0, envelope: decoded.envelope, node: decoded.node } });
console.log(verdict.kind, verdict.kind === "halted" ? reasonToken(verdict.reason) : "");
`;

/** A project of somebody who has npm and a registry, and nothing of this repository. */
export interface StrangersProject {
  /** Type-checks a program of one's own and runs it. */
  program(): Promise<string>;
  /** What the command says of a 70. */
  why(): Promise<string>;
  version(): Promise<string>;
  /** The folder of its programs. */
  readonly bin: string;
}

export async function strangersProject(
  folder: string,
  npmrc: string,
  version: string,
): Promise<StrangersProject> {
  await mkdir(folder);
  await writeFile(join(folder, ".npmrc"), npmrc);
  await writeFile(join(folder, "package.json"), '{"private":true,"type":"module"}');
  const tools = ["typescript", "@types/node"].map((tool) => `${tool}@${catalogVersion(tool)}`);
  const ours = ["contract", "consumer", "producer"].map((name) => `@upgrade-halt/${name}@${version}`);
  await runIn(folder, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", ...ours, ...tools);
  const bin = (name: string) => join(folder, "node_modules", ".bin", name);
  const compilerOptions = {
    module: "nodenext",
    target: "es2024",
    strict: true,
    types: ["node"],
    outDir: "out",
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  return {
    program: async () => {
      await writeFile(join(folder, "program.ts"), PROGRAM);
      await runIn(folder, bin("tsc"), "-p", ".");
      return await runIn(folder, process.execPath, join("out", "program.js"));
    },
    why: () => runIn(folder, bin("upgrade-halt"), "explain", "70"),
    bin: join(folder, "node_modules", ".bin"),
    version: () => runIn(folder, bin("upgrade-halt"), "--version"),
  };
}
