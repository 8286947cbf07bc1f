import { mkdtemp } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { connect } from "../client/api-client.ts";
import { clusterAccessOfFile } from "../cluster/kubeconfig.ts";
import { Kubelet } from "../kubelet/kubelet.ts";
import { Lifeline } from "../process/lifeline.ts";
import { SandboxError } from "../sandbox-error.ts";
import { untilStopped } from "./signals.ts";

interface KubeletFlags {
  readonly kubeconfig: string;
  readonly nodeName: string;
  readonly home?: string;
}

/** `sandbox kubelet`: one node that runs its pods as processes, for any API server. */
export function kubeletCommand(setCode: (code: number) => void): Command {
  return new Command("kubelet")
    .description(
      "join this machine to a cluster as a node whose containers are processes, until SIGTERM or Ctrl-C",
    )
    .requiredOption("--kubeconfig <file>", "the cluster to join, and as whom")
    .option("--node-name <name>", "name of the node", hostname().toLowerCase())
    .option("--home <dir>", "folder for volumes and logs (default: a temporary one, removed at the end)")
    .action(async (flags: KubeletFlags) => setCode(await runKubelet(flags)));
}

async function runKubelet({ kubeconfig, nodeName, home }: KubeletFlags): Promise<number> {
  const stopping = untilStopped();
  const client = await connect(await clusterAccessOfFile(resolve(kubeconfig)), {
    userAgent: "upgrade-halt-kubelet",
  });
  const homeDir = home === undefined ? await mkdtemp(join(tmpdir(), "upgrade-halt-kubelet-")) : resolve(home);
  const lifeline = new Lifeline(home === undefined ? [homeDir] : []);
  const kubelet = new Kubelet({ client, nodeName, homeDir, lifeline });
  try {
    await kubelet.start().catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SandboxError(`node ${nodeName} can't join the cluster of ${kubeconfig}: ${why}`, { cause });
    });
    process.stdout.write(`Node ${nodeName} is ready at ${client.server}\n`);
    await stopping;
  } finally {
    await kubelet.stop();
    await client.close();
    await lifeline.stop();
  }
  return 0;
}
