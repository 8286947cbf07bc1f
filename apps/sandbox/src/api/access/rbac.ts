import { arrayAt, type Json, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError } from "../api-error.ts";
import type { Store } from "../store.ts";
import { isMaster, serviceAccountName, type User } from "./user.ts";

/** What a request does: a verb of the API on a resource. */
export interface Attempt {
  readonly verb: string;
  readonly group: string;
  /** `pods` or, for a subresource, `pods/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const RBAC = "rbac.authorization.k8s.io";

/** The API verb of an HTTP request (k8s.io/apiserver RequestInfo). */
export function verbOf(method: string, hasName: boolean, isWatch: boolean): string {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return hasName ? "delete" : "deletecollection";
    default:
      return isWatch ? "watch" : hasName ? "get" : "list";
  }
}

/** Holds a user to the roles that are bound to it. @throws ApiError 403. */
export function authorize(store: Store, user: User, attempt: Attempt): void {
  if (isAllowed(store, user, attempt)) return;
  const { verb, group, resource, namespace, name } = attempt;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const kind = resource.split("/")[0] ?? resource;
  const subject = `${group === "" ? kind : `${kind}.${group}`}${name === "" ? "" : ` "${name}"`}`;
  const message = `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  throw new ApiError(403, "Forbidden", message, {
    ...(name === "" ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind,
  });
}

/** Whether some role bound to the user allows the attempt. */
export function isAllowed(store: Store, user: User, attempt: Attempt): boolean {
  return isMaster(user) || rulesOf(store, user, attempt.namespace).some((rule) => permits(rule, attempt));
}

/** Whether some role bound to the user allows the verb on a path that is no resource, such as `/metrics`. */
export function isPathAllowed(store: Store, user: User, verb: string, path: string): boolean {
  return isMaster(user) || rulesOf(store, user, "").some((rule) => permitsPath(rule, verb, path));
}

/** The rules that hold for a user in a namespace; those of the cluster alone for "". */
export function rulesOf(store: Store, user: User, namespace: string): readonly Json[] {
  const everywhere = store.list(`${RBAC}/clusterrolebindings`);
  const here = namespace === "" ? [] : store.list(`${RBAC}/rolebindings`, namespace);
  return [...everywhere, ...here]
    .filter((binding) => arrayAt(binding, "subjects").some((subject) => isSubject(subject, user, binding)))
    .flatMap((binding) => arrayAt(roleOf(store, binding), "rules"));
}

function isSubject(subject: Json, user: User, binding: KubeObject): boolean {
  const kind = stringAt(subject, "kind");
  const name = stringAt(subject, "name");
  if (kind === "Group") return user.groups.includes(name ?? "");
  if (kind === "User") return name === user.name;
  const namespace = stringAt(subject, "namespace") ?? stringAt(binding, "metadata", "namespace");
  return kind === "ServiceAccount" && user.name === serviceAccountName(namespace ?? "", name ?? "");
}

function roleOf(store: Store, binding: KubeObject): KubeObject | undefined {
  const name = stringAt(binding, "roleRef", "name") ?? "";
  if (stringAt(binding, "roleRef", "kind") === "ClusterRole")
    return store.get(`${RBAC}/clusterroles`, "", name);
  return store.get(`${RBAC}/roles`, stringAt(binding, "metadata", "namespace") ?? "", name);
}

function permitsPath(rule: Json, verb: string, path: string): boolean {
  const isPath = (pattern: Json): boolean =>
    typeof pattern === "string" &&
    (pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path);
  const verbs = arrayAt(rule, "verbs");
  return (verbs.includes(verb) || verbs.includes("*")) && arrayAt(rule, "nonResourceURLs").some(isPath);
}

function permits(rule: Json, { verb, group, resource, name }: Attempt): boolean {
  const has = (field: string, value: string): boolean => {
    const values = arrayAt(rule, field);
    return values.includes(value) || values.includes("*");
  };
  const names = arrayAt(rule, "resourceNames");
  const isResource =
    has("resources", resource) || arrayAt(rule, "resources").includes(`*/${resource.split("/")[1]}`);
  return (
    has("verbs", verb) &&
    has("apiGroups", group) &&
    isResource &&
    (names.length === 0 || names.includes(name))
  );
}
