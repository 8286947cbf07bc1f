import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { parseAllDocuments } from "yaml";
import type { Api } from "./api.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Target } from "./cluster.ts";
import { rawRequest } from "./raw-request.ts";

const DEPLOY = join(import.meta.dirname, "../../apps/mini-controller/deploy");
/** What a cluster with SeiNodes has besides: the optional rights, and CRDs that are theirs in shape only. */
const SEI_NODES = [
  join(DEPLOY, "seinodes/rbac.yaml"),
  join(DEPLOY, "seinetworks/rbac.yaml"),
  join(import.meta.dirname, "../../apps/sandbox/manifests/sei/crds.yaml"),
];
/** The namespace and the account that the controller's manifests give it. */
export const SYSTEM_NAMESPACE = "upgrade-halt-system";
export const SERVICE_ACCOUNT = "mini-controller";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
/** What a cluster needs before the controller's process may start, in the order in which it is made. */
const COLLECTIONS: Readonly<Record<string, (namespace: string) => string>> = {
  CustomResourceDefinition: () => "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  Namespace: () => "/api/v1/namespaces",
  ServiceAccount: (namespace) => `/api/v1/namespaces/${namespace}/serviceaccounts`,
  ClusterRole: () => `${RBAC}/clusterroles`,
  ClusterRoleBinding: () => `${RBAC}/clusterrolebindings`,
  Role: (namespace) => `${RBAC}/namespaces/${namespace}/roles`,
  RoleBinding: (namespace) => `${RBAC}/namespaces/${namespace}/rolebindings`,
};

const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
/** What the embedded API server has not: it asks no admission policy. */
const ADMISSION_COLLECTIONS: typeof COLLECTIONS = {
  ValidatingAdmissionPolicy: () => `${ADMISSION}/validatingadmissionpolicies`,
  ValidatingAdmissionPolicyBinding: () => `${ADMISSION}/validatingadmissionpolicybindings`,
};

const CUSTOM_RESOURCES = {
  haltpolicies: "upgrade-halt.dev",
  nodehalts: "upgrade-halt.dev",
  seinodes: "sei.io",
  seinetworks: "sei.io",
} as const;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Installs the controller's own manifests, but for what runs it as a pod: the scenarios run its process themselves.
 * Admission policies are installed on a `target` that asks them; `deploy` is the folder of other manifests than the tree's.
 * What wasn't there before is deleted again by `cleanup`. The manifests go out as they are written: client-node's typed
 * objects would lose a CRD's `default` and `x-kubernetes-*`.
 */
export async function installController(
  api: Api,
  cleanup: Cleanup,
  target: Target = "embedded",
  deploy = DEPLOY,
): Promise<void> {
  const collections = { ...COLLECTIONS, ...(target === "embedded" ? {} : ADMISSION_COLLECTIONS) };
  const [kustomization] = documentsOf<{ resources: string[] }>(join(deploy, "kustomization.yaml"));
  const files = [...(kustomization?.resources ?? []).map((file) => join(deploy, file)), ...SEI_NODES];
  const manifests = files.flatMap((file) => documentsOf<Manifest>(file));
  for (const [kind, collection] of Object.entries(collections)) {
    for (const manifest of manifests.filter((manifest) => manifest.kind === kind)) {
      await create(api, collection(manifest.metadata.namespace ?? SYSTEM_NAMESPACE), manifest, cleanup);
    }
  }
  const version = "v1alpha1";
  for (const [plural, group] of Object.entries(CUSTOM_RESOURCES)) {
    await until(`${plural} to be served`, () =>
      api.custom.listClusterCustomObject({ group, version, plural }),
    );
  }
}

function documentsOf<T>(file: string): T[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS());
}

async function create({ config }: Api, path: string, body: Manifest, cleanup: Cleanup): Promise<void> {
  const { name } = body.metadata;
  const { status, text } = await rawRequest(config, { method: "POST", path, body });
  if (status === 201) cleanup.add(() => rawRequest(config, { method: "DELETE", path: `${path}/${name}` }));
  else if (status !== 409) throw new Error(`${body.kind} ${name}: ${status} ${text}`);
}
