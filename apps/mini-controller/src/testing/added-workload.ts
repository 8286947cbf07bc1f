import type { OwnerReference } from "@upgrade-halt/kube";
import { collectionPath } from "../kube/paths.ts";
import type { FakeApi } from "./fake-api.ts";

export const NAMESPACE = "sei";
export const LABELS = { app: "node" };
export const SEI_NODE = {
  apiVersion: "sei.io/v1alpha1",
  kind: "SeiNode",
  resource: "seinodes",
  imagePath: "spec.image",
};
export const TEMPLATE = { spec: { containers: [{ name: "seid", image: "seid:v6.6" }] } };

export interface Added {
  readonly spec?: object;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly deletionTimestamp?: string;
}

/** Adds what makes pods of one template; resolves with the reference by which it controls them. */
export async function addWorkload(
  api: FakeApi,
  resource: { readonly prefix: string; readonly plural: string },
  kind: string,
  name: string,
  { spec = {}, ...meta }: Added = {},
): Promise<OwnerReference> {
  const apiVersion = resource.prefix.replace("/apis/", "");
  const object = await api.create(collectionPath(resource, NAMESPACE), {
    apiVersion,
    kind,
    metadata: { name, namespace: NAMESPACE, ...meta },
    spec: { selector: { matchLabels: LABELS }, template: TEMPLATE, replicas: 1, ...spec },
  });
  return { apiVersion, kind, name, uid: object.metadata.uid ?? "", controller: true };
}
