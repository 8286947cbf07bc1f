import { type Json, type JsonObject, objectAt, stringAt } from "../../json/json.ts";
import type { Store } from "../store.ts";
import { isAllowed } from "./rbac.ts";
import type { User } from "./service-account-tokens.ts";

/** authorization.k8s.io/v1 SelfSubjectAccessReview: whether the caller may do what `request` asks about. */
export function selfSubjectAccessReview(store: Store, user: User, request: Json | undefined): JsonObject {
  const attributes = objectAt(request, "spec", "resourceAttributes");
  const text = (field: string): string => stringAt(attributes, field) ?? "";
  const subresource = text("subresource");
  const allowed = isAllowed(store, user, {
    verb: text("verb"),
    group: text("group"),
    resource: subresource === "" ? text("resource") : `${text("resource")}/${subresource}`,
    namespace: text("namespace"),
    name: text("name"),
  });
  return {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: objectAt(request, "spec"),
    status: { allowed },
  };
}
