import { arrayAt, at, type Json, stringAt } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";

/** The reference to the owner that controls the object. */
export function controllerReference(object: Json | undefined): Json | undefined {
  return arrayAt(object, "metadata", "ownerReferences").find((one) => at(one, "controller") === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return stringAt(controllerReference(object), "uid") === owner.metadata.uid;
}

/** Keys of the owners of this kind. */
export function ownerKeys(object: KubeObject | undefined, kind: string): readonly string[] {
  const namespace = stringAt(object, "metadata", "namespace");
  return arrayAt(object, "metadata", "ownerReferences")
    .filter((owner) => at(owner, "kind") === kind)
    .map((owner) => `${namespace}/${stringAt(owner, "name")}`);
}
