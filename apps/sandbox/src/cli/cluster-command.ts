import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { startCluster } from "../cluster/cluster.ts";
import { SandboxError } from "../sandbox-error.ts";
import { readPort } from "./read-port.ts";
import { untilStopped } from "./signals.ts";

interface ClusterFlags {
  readonly kubeconfigOut: string;
  readonly port: number;
  readonly scheduler: readonly string[];
}

/** `sandbox cluster`: the embedded cluster alone, until SIGTERM or SIGINT. */
export function clusterCommand(setCode: (code: number) => void): Command {
  return new Command("cluster")
    .description(
      "run the embedded cluster (API server, workload loops, process kubelet) until SIGTERM or Ctrl-C",
    )
    .option("--kubeconfig-out <file>", "where to write the kubeconfig", "sandbox.kubeconfig")
    .option("--port <port>", "port of the API server on 127.0.0.1 (0: a free one)", readPort, 0)
    .option(
      "--scheduler <name>",
      "bind pods that name this scheduler too (repeatable)",
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .action(async (flags: ClusterFlags) => setCode(await runCluster(flags)));
}

async function runCluster({ kubeconfigOut, port, scheduler }: ClusterFlags): Promise<number> {
  const stopping = untilStopped();
  const cluster = await startCluster({ port, schedulers: scheduler }).catch((cause: unknown) => {
    throw new SandboxError(`the API server can't start: ${why(cause, port)}`, { cause });
  });
  try {
    const file = resolve(kubeconfigOut);
    await writeFile(file, cluster.kubeconfig, { mode: 0o600 }).catch((cause: unknown) => {
      throw new SandboxError(`can't write the kubeconfig ${file}: ${why(cause, port)}`, { cause });
    });
    process.stdout.write(`The API server listens on ${cluster.server}\nKUBECONFIG=${file}\n`);
    await stopping;
  } finally {
    await cluster.stop();
  }
  return 0;
}

function why(cause: unknown, port: number): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? cause.code : undefined;
  return code === "EADDRINUSE" ? `port ${port} is taken; leave --port out for a free one` : cause.message;
}
