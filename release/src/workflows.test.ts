import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = dirname(dirname(import.meta.dirname));

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly "timeout-minutes"?: number;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
}

const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT }).map((file) => ({
  file,
  ...(parse(readFileSync(join(ROOT, file), "utf8")) as Workflow),
}));

describe.each(workflows)("$file", ({ file, permissions, jobs }) => {
  test("gives no right to all jobs, and each job a list and a deadline", () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toBeDefined();
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(90);
    }
  });

  test("pins each action by its commit", () => {
    const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((one) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(one))).toEqual([]);
  });

  test("puts no expression into a shell", () => {
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(commands.filter((command) => command.includes("${{"))).toEqual([]);
  });

  test("may write only where it publishes", () => {
    const rights = Object.values(jobs).flatMap((job) => Object.entries(job.permissions ?? {}));
    const writes = rights.filter(([, right]) => right === "write").map(([name]) => name);
    expect(writes).toEqual(file.endsWith("release.yml") ? ["contents", "id-token"] : []);
  });
});
