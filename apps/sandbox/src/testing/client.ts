import { KubeClient } from "../client/kube-client.ts";
import { kubeConfigOfText, kubeconfigFor } from "../cluster/kubeconfig.ts";

/** A client of a server that asks for no credentials. */
export function testClient(server: string): KubeClient {
  return new KubeClient(kubeConfigOfText(kubeconfigFor(server)), "test");
}
