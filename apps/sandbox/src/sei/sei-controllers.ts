import { clusterAccessOf } from "@upgrade-halt/kube";
import { type ApiClient, connect } from "../client/api-client.ts";
import { SeiNetworkLoop, type SeiNetworkOptions } from "./sei-network-loop.ts";
import { SeiNodeLoop, type SeiNodeOptions } from "./sei-node-loop.ts";

export type SeiOptions = SeiNodeOptions & SeiNetworkOptions;

/** Starts what stands for Sei's controllers, on a cluster that serves SeiNodes and SeiNetworks; it ends with `signal`. */
export async function startSei(client: ApiClient, options: SeiOptions, signal: AbortSignal): Promise<void> {
  void new SeiNetworkLoop(client, options).run(signal);
  await new SeiNodeLoop(client, options).start(signal);
}

/** The same on the cluster of a kubeconfig, given as text; resolves to what stops it. */
export async function startSeiControllers(
  kubeconfig: string,
  options: SeiOptions,
): Promise<{ readonly stop: () => Promise<void> }> {
  const client = await connect(await clusterAccessOf(kubeconfig), { userAgent: "upgrade-halt-sandbox" });
  const over = new AbortController();
  const stop = async (): Promise<void> => {
    over.abort();
    await client.close();
  };
  try {
    await startSei(client, options, over.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
