import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { PM2 } from "./pm2.ts";

const UPGRADE_HALT = join(import.meta.dirname, "..", "..", "packages", "consumer", "bin", "upgrade-halt.js");

export interface Finding {
  readonly check: string;
  readonly state: string;
  readonly found: string;
  readonly todo?: string;
}

/** What doctor says beside a node, as one runs it there. */
export function doctor(...args: readonly string[]): Promise<readonly Finding[]> {
  const env = { ...process.env, PATH: `${dirname(PM2)}:${process.env.PATH}` };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [UPGRADE_HALT, "doctor", "--json", ...args], { env }, (_, stdout, stderr) => {
      if (stdout === "") reject(new Error(stderr));
      else resolve((JSON.parse(stdout) as { findings: readonly Finding[] }).findings);
    });
  });
}
