import { readFileSync } from "node:fs";

/** `upgrade-halt 1.2.0 (contract 1.1.0)`, from the manifests that the programs are installed with. */
export function versionLine(program: string): string {
  const own = versionAt(new URL("../../package.json", import.meta.url).href);
  const contract = versionAt(new URL("../package.json", import.meta.resolve("@upgrade-halt/contract")).href);
  return `${program} ${own} (contract ${contract})`;
}

function versionAt(manifest: string): string {
  const { version }: { readonly version: string } = JSON.parse(readFileSync(new URL(manifest), "utf8"));
  return version;
}
