import { join } from "node:path";
import { type Program, startProgram } from "@upgrade-halt/testing";
import type { Api } from "../harness/api.ts";
import { kubeconfigWithToken } from "../harness/kubeconfig.ts";
import { binOf } from "../harness/programs.ts";
import type { Testbed } from "../harness/testbed.ts";

/** Writes a kubeconfig with the rights of a ServiceAccount; its path. */
export async function kubeconfigOf(
  { api, folder }: { readonly api: Api; readonly folder: string },
  namespace: string,
  name: string,
): Promise<string> {
  const { status } = await api.core.createNamespacedServiceAccountToken({
    namespace,
    name,
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  if (!status?.token) throw new Error(`no token for ServiceAccount ${namespace}/${name}`);
  return kubeconfigWithToken(join(folder, `${namespace}-${name}.kubeconfig`), api.config, status.token);
}

/**
 * Runs what the installed Deployment says, as the process kubelet would if it had the controller's image: its arguments,
 * with the rights of its ServiceAccount. Only the port is another one, so that none is fixed.
 *
 * @param program where the controller's program is: the tree's unless said.
 */
export async function startInstalled(
  testbed: Testbed,
  namespace: string,
  program = binOf("mini-controller"),
): Promise<Program> {
  const { spec } = await testbed.api.apps.readNamespacedDeployment({ namespace, name: "mini-controller" });
  const pod = spec?.template.spec;
  const args = pod?.containers[0]?.args ?? [];
  const where = ["--kubeconfig", await kubeconfigOf(testbed, namespace, pod?.serviceAccountName ?? "")];
  const here = args.map((arg) => (arg.startsWith("--metrics-addr=") ? "--metrics-addr=127.0.0.1:0" : arg));
  const flags = [program, ...here, ...where, "--leader-namespace", namespace];
  const controller = await startProgram("the installed controller", process.execPath, flags, {
    ready: ({ lines }) => lines().some((line) => line.includes('"msg":"leading"')),
  });
  testbed.cleanup.add(() => controller.stop());
  return controller;
}
