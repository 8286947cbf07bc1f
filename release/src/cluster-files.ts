import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "./git.ts";
import { ReleaseError } from "./release-error.ts";
import { pnpm, run } from "./run.ts";

const CONTROLLER = "apps/mini-controller";

/** What a cluster installs of a release: names of files in its folder. */
export interface ClusterFiles {
  /** The Helm chart, as Helm packs it. */
  readonly chart: string;
  /** The controller with all that it depends on, as its image has it. */
  readonly program: string;
}

/** Packs the Helm chart and the built controller of a checkout into a folder. */
export function writeClusterFiles(root: string, folder: string): ClusterFiles {
  const { version } = JSON.parse(readFileSync(join(root, CONTROLLER, "package.json"), "utf8"));
  const files = { chart: `upgrade-halt-${version}.tgz`, program: `mini-controller-${version}.tgz` };
  const commitTime = git(root, "log", "-1", "--format=%ct");
  const commit = git(root, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty");
  const pack = (from: string, name: string, file: string, ...what: readonly string[]) => {
    const same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--hard-dereference"];
    const inside = [`--mtime=@${commitTime}`, `--transform=s,^\\.,${name},S`];
    const gzip = ["--use-compress-program=gzip -n", "-cf", join(folder, file)];
    const { code, stderr } = run(from, "tar", ...same, ...inside, ...gzip, ...what);
    if (code !== 0) throw new ReleaseError(`${file} can't be packed: ${stderr.trim()}`);
  };
  mkdirSync(folder, { recursive: true });
  pack(join(root, CONTROLLER, "deploy/chart"), "upgrade-halt", files.chart, ".");

  const deployed = mkdtempSync(join(tmpdir(), "upgrade-halt-deploy-"));
  try {
    const options = ["--prod", "--legacy", "--ignore-scripts"];
    pnpm(root, "--filter", "@upgrade-halt/mini-controller", "deploy", ...options, join(deployed, "out"));
    run(root, process.execPath, "scripts/bake-commit.ts", join(deployed, "out"), commit);
    const parts = ["package.json", "README.md", "bin", "dist", "node_modules"].map((part) => `./${part}`);
    pack(join(deployed, "out"), "mini-controller", files.program, ...parts);
  } finally {
    rmSync(deployed, { recursive: true, force: true });
  }
  return files;
}
