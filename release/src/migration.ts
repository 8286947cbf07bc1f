import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ReleaseError } from "./release-error.ts";

export const CONTRACT = "@upgrade-halt/contract";

/** Where a major version of the contract says what its users must do. */
export function migrationFile(version: string): string {
  return `docs/migrations/contract-${majorOf(version)}.md`;
}

/**
 * Each major version of the contract, from 1 on, has a written migration: a heading and a section for those who write halts, one
 * for those who read them. Throws a `ReleaseError` that says what is missing.
 */
export function requireMigration(root: string, version: string): void {
  if (majorOf(version) === 0) return;
  const file = migrationFile(version);
  if (!existsSync(join(root, file)))
    throw new ReleaseError(
      `The contract becomes ${version}, and nobody says how to move to it: write ${file}.`,
    );
  const text = readFileSync(join(root, file), "utf8");
  const missing = ["# ", "## For producers", "## For consumers"].filter(
    (heading) => !new RegExp(`^${heading}${heading.endsWith(" ") ? "\\S" : "\\n+(?!#)\\S"}`, "m").test(text),
  );
  if (missing.length > 0)
    throw new ReleaseError(
      `${file} says nothing under "${missing.join('", "').trim()}": write it before the contract becomes ${version}.`,
    );
}

function majorOf(version: string): number {
  return Number(version.split(".")[0]);
}
