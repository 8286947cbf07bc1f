import { clusterAccessOf } from "@upgrade-halt/kube";
import { type ApiClient, connect } from "../client/api-client.ts";
import { kubeconfigFor } from "../cluster/kubeconfig.ts";

/** A client of a server that asks for no credentials. */
export async function testClient(server: string): Promise<ApiClient> {
  return await connect(await clusterAccessOf(kubeconfigFor(server)), { userAgent: "test" });
}
