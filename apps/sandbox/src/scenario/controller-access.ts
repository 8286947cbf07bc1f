import type { ApiClient } from "../client/api-client.ts";
import { pathOf } from "../client/resource-path.ts";
import { kubeconfigFor } from "../cluster/kubeconfig.ts";
import { stringAt } from "../json/json.ts";
import { SandboxError } from "../sandbox-error.ts";

const ACCOUNTS = { apiVersion: "v1", plural: "serviceaccounts" };
/** The account that the controller's manifests give it. */
const ACCOUNT = { namespace: "upgrade-halt-system", name: "mini-controller" };
/** Long enough for whoever keeps the cluster for a day. */
const SECONDS = 86_400;

/** A kubeconfig with the rights of the controller's own ServiceAccount, and no others. */
export async function controllerKubeconfig(client: ApiClient, server: string): Promise<string> {
  const path = pathOf(ACCOUNTS, ACCOUNT.namespace, ACCOUNT.name, "token");
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: SECONDS },
  };
  const token = stringAt(await client.create(path, request), "status", "token");
  if (token === undefined)
    throw new SandboxError(`the cluster gives no token for ServiceAccount ${ACCOUNT.name}`);
  return kubeconfigFor(server, { token });
}
