import { existsSync, readFileSync } from "node:fs";
import contract from "@upgrade-halt/contract/package.json" with { type: "json" };

/**
 * `upgrade-halt 1.2.0 (contract 1.1.0, commit 1f206c7...)`. The commit is known where `scripts/bake-commit.ts` wrote it beside the
 * built modules, as packing does, and said to be unknown elsewhere.
 */
export function versionLine(program: string): string {
  const { version } = read("../../package.json");
  const commit = existsSync(new URL("../commit.json", import.meta.url))
    ? read("../commit.json").commit
    : "unknown";
  return `${program} ${version} (contract ${contract.version}, commit ${commit})`;
}

function read(file: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}
