import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1ClusterRole, V1PolicyRule } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from "./install.ts";
import type { Testbed } from "./testbed.ts";

type Place = Pick<Testbed, "api" | "namespace">;

const MANIFEST = join(import.meta.dirname, "../../apps/mini-controller/deploy/logs/rbac.yaml");

/** Gives the controller the rights of the component `deploy/logs`, in the testbed's namespace alone. */
export async function allowLogs(place: Place): Promise<void> {
  const documents = parseAllDocuments(readFileSync(MANIFEST, "utf8")).map((one) => one.toJS());
  const { rules = [] } = documents.find(({ kind }) => kind === "ClusterRole") as V1ClusterRole;
  await allow(place, "mini-controller-logs", rules);
}

/** Gives the controller's ServiceAccount more rights, under that name, in the testbed's namespace alone. */
export async function allow(
  { api, namespace }: Place,
  name: string,
  rules: readonly V1PolicyRule[],
): Promise<void> {
  const metadata = { name, namespace };
  const rbac = "rbac.authorization.k8s.io";
  await api.objects.create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules } as never);
  await api.objects.create({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: rbac, kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT, namespace: SYSTEM_NAMESPACE }],
  } as never);
}
