import { execFile } from "node:child_process";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { proof } from "./harness/proof.ts";

const ROOT = join(import.meta.dirname, "..");
const ASKED = ["build", "build:page", "typecheck", "test", "lint"];
const run = promisify(execFile);

let folder: string;
/** The hash of each task, by which turbo knows whether it was done already. */
let before: ReadonlyMap<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-turbo-"));
  await run("git", ["clone", "--quiet", ROOT, folder]);
  before = await hashes();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function hashes(): Promise<ReadonlyMap<string, string>> {
  const args = ["run", ...ASKED, "--dry=json", "--skip-infer", `--cwd=${folder}`];
  const options = { env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(join(ROOT, "node_modules/.bin/turbo"), args, options);
  const { tasks } = JSON.parse(stdout) as { tasks: { taskId: string; hash: string }[] };
  return new Map(tasks.map(({ taskId, hash }) => [taskId, hash]));
}

/** The tasks that are done again once a file has changed. */
async function doneAgainAfter(file: string): Promise<readonly string[]> {
  await appendFile(join(folder, file), "\n");
  const after = await hashes();
  await run("git", ["checkout", "--quiet", "--", file], { cwd: folder });
  return [...after].flatMap(([task, hash]) =>
    before.get(task) === hash ? [] : [task.replace("@upgrade-halt/", "")],
  );
}

describe("what turbo does again", () => {
  proof("is nothing where nothing changed", ["CACHING"], async () => {
    expect(before.size).toBeGreaterThan(10);
    expect([...(await hashes())]).toEqual([...before]);
  });

  proof("after a changed vector file: all that reads it, in whichever package", ["CACHING"], async () => {
    const again = await doneAgainAfter("packages/contract/vectors/decode.json");
    expect(again).toEqual(
      expect.arrayContaining(["contract#test", "consumer#test", "producer#test", "mock-node#test"]),
    );
  });

  const READERS: Readonly<Record<string, readonly string[]>> = {
    "packages/consumer/src/printable.test.ts": ["consumer#test", "consumer#typecheck"],
    "docs/guides/alerts.md": ["consumer#test", "mini-controller#test"],
    "docs/protocol.md": ["contract#test"],
    "apps/mini-controller/deploy/network-policy.yaml": [
      "mini-controller#test",
      "mini-controller#typecheck",
      "sandbox#test",
    ],
    "apps/sandbox/page/index.html": ["sandbox#build:page", "sandbox#test", "sandbox#typecheck"],
    "README.md": [],
  };
  for (const [file, again] of Object.entries(READERS))
    proof(`after a change of ${file}: what reads it, and nothing else`, ["CACHING"], async () => {
      const tasks = await doneAgainAfter(file);
      expect(tasks.filter((task) => !task.endsWith("#lint"))).toEqual(again);
    });

  proof("after a changed source: what depends on its package, and nothing else", ["CACHING"], async () => {
    const again = await doneAgainAfter("packages/producer/src/artifact.ts");
    const packages = new Set(again.map((task) => task.split("#")[0]));
    expect([...packages].toSorted()).toEqual(["//", "e2e", "mock-node", "producer", "sandbox"]);
  });
});
