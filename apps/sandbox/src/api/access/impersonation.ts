import type { IncomingMessage } from "node:http";
import { badRequest } from "../api-error.ts";
import type { Store } from "../store.ts";
import { type Attempt, authorize } from "./rbac.ts";
import { AUTHENTICATED, serviceAccountGroups, type User } from "./user.ts";

const EXTRA = "impersonate-extra-";
const AUTHENTICATION = "authentication.k8s.io";
const ANONYMOUS = "system:anonymous";

/**
 * The user that a request is judged as: who the `Impersonate-*` headers name, when `user` may impersonate all of it
 * (k8s.io/apiserver pkg/endpoints/filters/impersonation). Without such headers, `user`.
 *
 * @throws ApiError 403 when `user` may not, 400 for a group, uid or extra without a user.
 */
export function impersonated(store: Store, user: User, request: IncomingMessage): User {
  const asked = readHeaders(request);
  if (asked === undefined) return user;
  for (const attempt of attemptsOf(asked)) authorize(store, user, attempt);
  return { ...asked, groups: withImplied(asked) };
}

function readHeaders({ headersDistinct }: IncomingMessage): User | undefined {
  const one = (name: string): string => headersDistinct[name]?.[0] ?? "";
  const groups = headersDistinct["impersonate-group"] ?? [];
  const extra = Object.fromEntries(
    Object.entries(headersDistinct)
      .filter(([name]) => name.startsWith(EXTRA))
      .map(([name, values]) => [decodeURIComponent(name.slice(EXTRA.length)), values ?? []]),
  );
  const name = one("impersonate-user");
  const uid = one("impersonate-uid");
  if (name !== "") return { name, uid, groups, extra };
  if (groups.length === 0 && uid === "" && Object.keys(extra).length === 0) return undefined;
  const asked = [
    ...groups.map((group) => `{Group  ${group}    }`),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => `{UserExtra  ${value}  ${AUTHENTICATION}/v1  ${key}}`),
    ),
    ...(uid === "" ? [] : [`{UID  ${uid}  ${AUTHENTICATION}/v1  }`]),
  ];
  throw badRequest(`requested [${asked.join(" ")}] without impersonating a user`);
}

/** What `user` must be allowed, one by one. */
function attemptsOf({ name, uid, groups, extra }: User): readonly Attempt[] {
  const attempt = (resource: string, what: string, group = "", namespace = ""): Attempt => ({
    verb: "impersonate",
    group,
    resource,
    namespace,
    name: what,
  });
  const account = accountOf(name);
  return [
    account === undefined
      ? attempt("users", name)
      : attempt("serviceaccounts", account.name, "", account.namespace),
    ...groups.map((one) => attempt("groups", one)),
    ...(uid === "" ? [] : [attempt("uids", uid, AUTHENTICATION)]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => attempt(`userextras/${key}`, value, AUTHENTICATION)),
    ),
  ];
}

function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** A ServiceAccount without groups is given its own; everyone but the anonymous is authenticated. */
function withImplied({ name, groups }: User): readonly string[] {
  const account = accountOf(name);
  const own = groups.length === 0 && account !== undefined ? serviceAccountGroups(account.namespace) : groups;
  if (name === ANONYMOUS) return own.length === 0 ? ["system:unauthenticated"] : own;
  return own.includes(AUTHENTICATED) ? own : [...own, AUTHENTICATED];
}
