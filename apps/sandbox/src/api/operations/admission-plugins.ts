import { arrayAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { ApiContext, Target } from "./context.ts";
import { mountServiceAccountToken } from "./service-account-admission.ts";

/** Holds a claim that is being deleted until no pod uses it; the claims' loop takes it away. */
export const CLAIM_PROTECTION = "kubernetes.io/pvc-protection";

/** What kube-apiserver's admission plugins add to a new object. @throws ApiError 403 where one refuses it. */
export function runAdmissionPlugins(context: ApiContext, target: Target, object: KubeObject): void {
  switch (target.type.storageKey) {
    case "/pods":
      mountServiceAccountToken(context, target, object);
      break;
    case "/persistentvolumeclaims":
      object.metadata.finalizers = [
        ...arrayAt(object, "metadata", "finalizers").filter((one) => one !== CLAIM_PROTECTION),
        CLAIM_PROTECTION,
      ];
      break;
  }
}
