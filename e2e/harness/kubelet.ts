import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "./api.ts";
import { startBin } from "./programs.ts";

/** Joins a process kubelet to a cluster; resolves when its node is ready. */
export async function startKubelet(kubeconfig: string, node: string): Promise<{ stop(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "upgrade-halt-kubelet-"));
  const { core } = connect(kubeconfig);
  const kubelet = await startBin(
    "sandbox",
    ["kubelet", "--kubeconfig", kubeconfig, "--node-name", node, "--home", home],
    {
      ready: async () => {
        const { status } = await core.readNode({ name: node });
        return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      },
    },
  );
  return {
    async stop() {
      await kubelet.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
