import { execFile } from "node:child_process";
import { join } from "node:path";
import { type Helm, helmPath } from "./programs.ts";

/** The folder of the chart. */
export const CHART = join(import.meta.dirname, "../../apps/mini-controller/deploy/chart");

export interface HelmRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HelmPlace {
  /** Whose kubeconfig it is given; none for what asks no cluster. */
  readonly kubeconfig?: string;
  /** A folder for what Helm keeps for itself. */
  readonly folder: string;
  /** Which one is run: the newest unless said. */
  readonly helm?: Helm;
}

/** Runs Helm, with nothing of this machine's settings. */
export async function helm(
  { kubeconfig, folder, helm: which = "v4" }: HelmPlace,
  args: readonly string[],
): Promise<HelmRun> {
  const home = ["CACHE", "CONFIG", "DATA"].map((kind) => [`HELM_${kind}_HOME`, join(folder, "helm")]);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    KUBECONFIG: kubeconfig ?? "/nonexistent",
    ...Object.fromEntries(home),
  };
  return new Promise((resolve) => {
    execFile(helmPath(which), args, { env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}
