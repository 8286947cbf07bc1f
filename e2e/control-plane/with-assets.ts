/**
 * Runs a command with a control plane to start: builds the programs first (unless `KUBEBUILDER_ASSETS` names a
 * folder that has them) and sets `KUBEBUILDER_ASSETS` for it. Ends with the command's exit code.
 *
 *     node control-plane/with-assets.ts vitest run
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const built = spawnSync(process.execPath, [join(import.meta.dirname, "build.ts")], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
});
if (built.status !== 0) process.exit(1);
const [program = "", ...args] = process.argv.slice(2);
const env = { ...process.env, KUBEBUILDER_ASSETS: built.stdout.trim() };
const { status } = spawnSync(program, args, { stdio: "inherit", env });
process.exit(status ?? 1);
