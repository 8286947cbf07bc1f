import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { assetsFolder } from "../control-plane/programs.ts";

/** How a kubectl ended. */
export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface KubectlOptions {
  /** Standard input. */
  readonly input?: string | undefined;
  /** A folder of kubectl's plugins. */
  readonly plugins?: string;
}

/** Runs the kubectl that is built beside the control plane. */
export async function kubectl(
  kubeconfig: string,
  args: readonly string[],
  { input = "", plugins }: KubectlOptions = {},
): Promise<KubectlRun> {
  return new Promise((resolve) => {
    const assets = assetsFolder();
    const path = [plugins ?? [], assets, process.env.PATH ?? []].flat().join(delimiter);
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: path };
    const options = { env, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(join(assets, "kubectl"), args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
    // One that needs no input may end before it could be written.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
