import { type Json, type JsonObject, objectAt, stringAt } from "../../json/json.ts";
import { timestamp } from "../operations/context.ts";
import type { Store } from "../store.ts";
import { isAllowed } from "./rbac.ts";
import { groupsOf, type User, usernameOf } from "./service-account-tokens.ts";

/** authentication.k8s.io/v1 SelfSubjectReview: who the caller is. */
export function selfSubjectReview(user: User, now: number): JsonObject {
  const userInfo =
    user.kind === "admin"
      ? { username: "admin", groups: ["system:masters", "system:authenticated"] }
      : { username: usernameOf(user), uid: user.uid, groups: [...groupsOf(user)] };
  return {
    kind: "SelfSubjectReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { creationTimestamp: timestamp(now) },
    status: { userInfo },
  };
}

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
