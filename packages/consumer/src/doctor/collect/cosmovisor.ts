import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CosmovisorFacts, PreparedUpgrade } from "../facts.ts";

/** Where cosmovisor looks, by its `DAEMON_*` variables. */
export interface CosmovisorPlace {
  readonly home: string;
  readonly program: string;
  readonly mayDownload: boolean;
  /** `COSMOVISOR_DISABLE_RECASE` */
  readonly keepsCase: boolean;
}

/** Looks at the folders of the plans that are listed. */
export async function readCosmovisor(
  place: CosmovisorPlace,
  plans: readonly string[],
): Promise<CosmovisorFacts> {
  const folder = join(place.home, "cosmovisor");
  const bins = ["current", "genesis"].map((name) => stateOf(join(folder, name, "bin", place.program)));
  // Without the link cosmovisor makes one to genesis.
  const hasCurrent = (await Promise.all(bins)).some((state) => state !== "missing");
  const upgrades: PreparedUpgrade[] = [];
  for (const planName of plans) {
    const path = join(folder, "upgrades", folderName(planName, place.keepsCase), "bin", place.program);
    upgrades.push({ planName, path, state: await stateOf(path) });
  }
  return { folder, hasCurrent, mayDownload: place.mayDownload, upgrades };
}

async function stateOf(path: string): Promise<PreparedUpgrade["state"]> {
  try {
    if (!(await stat(path)).isFile()) return "missing";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EACCES" ? "unreadable" : "missing";
  }
  return await access(path, constants.X_OK).then(
    () => "ready",
    () => "not-executable",
  );
}

/** cosmovisor's folder of a plan: the name in lower case, unless it is told to keep the case, and `url.PathEscape` of it. */
export function folderName(planName: string, keepsCase: boolean): string {
  return encodeURIComponent((keepsCase ? planName : planName.toLowerCase()).toWellFormed())
    .replace(/%(?:24|26|2B|3D|3A|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
