import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { type CommandResult, initOf, removeGroup, runInside } from "../harness/namespaces.ts";

const TREE = join(import.meta.dirname, "..", "..");
/** Where the checkout is inside. */
export const TREE_INSIDE = "/mnt/tree";

/** A booted systemd in namespaces of its own, with private `/tmp`, `/run` and `/var`. */
export interface Machine extends AsyncDisposable {
  /** Runs a shell script inside. */
  sh(script: string): Promise<CommandResult>;
}

/** Why no machine can be booted here, or `undefined` where one can. */
export function whyNoMachine(): string | undefined {
  if (process.platform !== "linux") return "systemd runs on Linux alone";
  if (process.getuid?.() !== 0) return "booting systemd needs root";
  if (!existsSync("/lib/systemd/systemd")) return "systemd is not installed";
  if (cgroupRoot() === undefined) return "no cgroup2 file system is mounted";
  const probe = spawnSync("unshare", ["--fork", "--pid", "--mount", "--cgroup", "--uts", "--ipc", "true"]);
  return probe.status === 0 ? undefined : "the kernel forbids new namespaces";
}

function cgroupRoot(): string | undefined {
  return ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((root) => existsSync(join(root, "cgroup.procs")));
}

export interface MachineOptions {
  /** Whether packages can be installed on it, which needs overlay file systems. This machine has none of that. */
  readonly writable?: boolean;
}

/** Boots a machine; resolves once its systemd takes commands. */
export async function bootMachine({ writable = false }: MachineOptions = {}): Promise<Machine> {
  const group = join(cgroupRoot() ?? "", `upgrade-halt-${process.pid}-${Date.now()}`);
  mkdirSync(group);
  const enter = `echo $$ > '${group}/cgroup.procs'; exec unshare --fork --pid --mount --mount-proc --cgroup --uts --ipc --kill-child "$@"`;
  const boot = ["sh", join(import.meta.dirname, "boot.sh"), TREE, ...(writable ? ["writable"] : [])];
  const child = spawn("sh", ["-c", enter, "sh", ...boot], { stdio: "ignore" });
  const dispose = async () => {
    child.kill("SIGKILL");
    await until("the machine's processes to be gone", () => removeGroup(group));
  };
  try {
    const init = await until("the machine's first process", () => initOf(child.pid));
    const sh = (script: string) => runInside(init, script);
    await until("systemd to boot", async () => (await sh("systemctl is-active machine.target")).code === 0, {
      explain: async () => (await sh("systemctl list-units --failed --no-pager")).output,
    });
    return { sh, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
