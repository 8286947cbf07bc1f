import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RestartRules } from "../fate/restart-rules.ts";

/** The `finish` of a service of runit or s6. One that cannot be executed is not run. */
export function readFinish(of: "runit" | "s6", folder: string): RestartRules {
  const path = join(folder, "finish");
  try {
    accessSync(path, constants.X_OK);
    return { kind: "finish", of, script: readFileSync(path, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT" && folder !== "") return { kind: "finish", of, script: undefined };
    const why = `${path} cannot be ${code === "EACCES" ? "executed or read by this user" : `read (${code})`}`;
    return { kind: "unseen", why, instead: "Make finish executable, or ask again as root." };
  }
}
