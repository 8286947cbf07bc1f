import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const WORKSPACE = join(import.meta.dirname, "..", "..", "pnpm-workspace.yaml");

/** The version that the catalog gives a tool of this workspace. */
export function catalogVersion(tool: string): string {
  return parse(readFileSync(WORKSPACE, "utf8")).catalog[tool];
}
