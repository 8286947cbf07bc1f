import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `upgrade-info.json` holds, if it holds anything. */
const UPGRADE_INFO = '{"name":"v6.7","height":3,"info":"{\\"upgradeType\\":\\"major\\"}"}';
/** The raw line on standard error. */
export const RAW_LINE = 'UPGRADE "v6.7" NEEDED at height: 3: {"upgradeType":"major"}';

/** The home of a chain of 5 ms blocks that has to be upgraded at height 3. */
export interface CrashHome {
  readonly args: readonly string[];
  /** `damaged` says what is there instead of the file. */
  file(): "absent" | "whole" | { readonly damaged: string };
  remove(): void;
}

export function crashHome(): CrashHome {
  const folder = mkdtempSync(join(tmpdir(), "crash-halt-"));
  const plans = join(folder, "plans.json");
  writeFileSync(plans, JSON.stringify([{ name: "v6.7", height: 3, info: '{"upgradeType":"major"}' }]));
  return {
    args: [
      ...["start", "--home", folder, "--plans", plans, "--image", "v6.6"],
      ...["--rpc.laddr", "tcp://127.0.0.1:0", "--block-time", "5ms"],
    ],
    file() {
      let found: string;
      try {
        found = readFileSync(join(folder, "data/upgrade-info.json"), "utf8");
      } catch {
        return "absent";
      }
      return found === UPGRADE_INFO ? "whole" : { damaged: found };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
