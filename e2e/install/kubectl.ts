import { execFile } from "node:child_process";
import { join } from "node:path";
import { assetsFolder } from "../control-plane/programs.ts";

/** How a kubectl ended. */
export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the kubectl that is built beside the control plane; `input` is its standard input. */
export async function kubectl(kubeconfig: string, args: readonly string[], input = ""): Promise<KubectlRun> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, KUBECONFIG: kubeconfig }, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(join(assetsFolder(), "kubectl"), args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}
