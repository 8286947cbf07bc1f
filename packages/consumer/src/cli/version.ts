import { readFileSync } from "node:fs";
import { z } from "zod";

const PackageSchema = z.object({ version: z.string() });

/** `upgrade-halt 1.2.0 (contract 1.1.0)`, from the manifests that the programs are installed with. */
export function versionLine(program: string): string {
  const own = versionAt(new URL("../../package.json", import.meta.url).href);
  const contract = versionAt(new URL("../package.json", import.meta.resolve("@upgrade-halt/contract")).href);
  return `${program} ${own} (contract ${contract})`;
}

function versionAt(manifest: string): string {
  return PackageSchema.parse(JSON.parse(readFileSync(new URL(manifest), "utf8"))).version;
}
