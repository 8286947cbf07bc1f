import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiIsReady } from "../api.ts";
import { SCHEDULER } from "../fixtures/mock-nodes.ts";
import { startBin } from "../programs.ts";

/** Starts `sandbox cluster` as a process of its own. */
export async function startEmbedded(): Promise<{ kubeconfig: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-embedded-"));
  const kubeconfig = join(folder, "admin.kubeconfig");
  const cluster = await startBin(
    "sandbox",
    ["cluster", "--kubeconfig-out", kubeconfig, "--scheduler", SCHEDULER],
    { ready: () => apiIsReady(kubeconfig) },
  );
  return {
    kubeconfig,
    async stop() {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
