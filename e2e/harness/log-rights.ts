import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1ClusterRole } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from "./install.ts";
import type { Testbed } from "./testbed.ts";

const MANIFEST = join(import.meta.dirname, "../../apps/mini-controller/deploy/logs/rbac.yaml");

/** Gives the controller the rights of the component `deploy/logs`, in the testbed's namespace alone. */
export async function allowLogs({ api, namespace }: Pick<Testbed, "api" | "namespace">): Promise<void> {
  const documents = parseAllDocuments(readFileSync(MANIFEST, "utf8")).map((one) => one.toJS());
  const { rules } = documents.find(({ kind }) => kind === "ClusterRole") as V1ClusterRole;
  const metadata = { name: "mini-controller-logs", namespace };
  const rbac = "rbac.authorization.k8s.io";
  await api.objects.create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules } as never);
  await api.objects.create({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: rbac, kind: "Role", name: metadata.name },
    subjects: [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT, namespace: SYSTEM_NAMESPACE }],
  } as never);
}
