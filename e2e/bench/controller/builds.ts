import { join } from "node:path";
import { startProgram } from "@upgrade-halt/testing";

const E2E = join(import.meta.dirname, "..", "..");
const HOUR = 3_600_000;

/** Builds the control plane into its cache, and points `KUBEBUILDER_ASSETS` at it. */
export async function buildControlPlane(): Promise<void> {
  process.env.KUBEBUILDER_ASSETS = await build(process.execPath, [join(E2E, "control-plane", "build.ts")]);
}

/** Builds cosmovisor into its cache. */
export async function buildCosmovisor(): Promise<void> {
  await build(process.execPath, [join(E2E, "cosmovisor", "build.ts")]);
}

/** Builds the releases before this tree into their cache. */
export async function buildEarlierReleases(): Promise<void> {
  await build(process.execPath, [join(E2E, "skew", "build.ts"), "--past"]);
}

/** Builds client-go's informer into a folder, and resolves to the program. */
export async function buildInformer(folder: string): Promise<string> {
  const file = join(folder, "informer");
  const args = ["build", "-trimpath", "-ldflags", "-s -w", "-o", file, "."];
  await build("go", args, join(import.meta.dirname, "informer"));
  return file;
}

/** The last line that a build prints. */
async function build(file: string, args: readonly string[], cwd = E2E): Promise<string> {
  const program = await startProgram(`${file} ${args.join(" ")}`, file, args, { cwd, within: HOUR });
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`${program.name} failed: ${program.output().trim().split("\n").at(-1)}`);
  return program.lines().at(-1) ?? "";
}
