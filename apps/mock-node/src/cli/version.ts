import { existsSync, readFileSync } from "node:fs";
import contract from "@upgrade-halt/contract/package.json" with { type: "json" };

/** The program's version, the contract's, and the commit that it was built from where `scripts/bake-commit.ts` wrote it down. */
export function versionLine(): string {
  const { version } = read("../../package.json");
  const { commit } = existsSync(new URL("../commit.json", import.meta.url))
    ? read("../commit.json")
    : { commit: "unknown" };
  return `mock-node ${version} (contract ${contract.version}, commit ${commit})`;
}

function read(file: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}
