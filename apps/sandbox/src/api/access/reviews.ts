import {
  arrayAt,
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
  textsAt,
} from "../../json/json.ts";
import { ApiError } from "../api-error.ts";
import { timestamp } from "../operations/context.ts";
import type { Store } from "../store.ts";
import { authorize, isAllowed, isPathAllowed, rulesOf } from "./rbac.ts";
import type { ServiceAccountTokens } from "./service-account-tokens.ts";
import { isMaster, type User } from "./user.ts";

const AUTHORIZATION = "authorization.k8s.io/v1";
const AUTHENTICATION = "authentication.k8s.io/v1";

/** What a review is answered from. `now` is in milliseconds. */
export interface ReviewContext {
  readonly store: Store;
  readonly tokens: ServiceAccountTokens;
  readonly now: () => number;
}

/** A question about users and rights, which is answered and not stored. */
export interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  /** The spec and status of the answer. */
  readonly answer: (context: ReviewContext, user: User, body: Json | undefined) => JsonObject;
  /** The right that asking about others needs. */
  readonly resource?: string;
}

const REVIEWS: Readonly<Record<string, Review>> = {
  selfsubjectaccessreviews: {
    apiVersion: AUTHORIZATION,
    kind: "SelfSubjectAccessReview",
    answer: ({ store }, user, body) => access(store, user, body),
  },
  subjectaccessreviews: {
    apiVersion: AUTHORIZATION,
    kind: "SubjectAccessReview",
    resource: "subjectaccessreviews",
    answer: ({ store }, _, body) => access(store, userIn(body), body),
  },
  localsubjectaccessreviews: {
    apiVersion: AUTHORIZATION,
    kind: "LocalSubjectAccessReview",
    resource: "localsubjectaccessreviews",
    answer: ({ store }, _, body) => access(store, userIn(body), body),
  },
  selfsubjectrulesreviews: {
    apiVersion: AUTHORIZATION,
    kind: "SelfSubjectRulesReview",
    answer: ({ store }, user, body) => ({ spec: objectAt(body, "spec"), status: rules(store, user, body) }),
  },
  tokenreviews: {
    apiVersion: AUTHENTICATION,
    kind: "TokenReview",
    resource: "tokenreviews",
    answer: ({ tokens }, _, body) => token(tokens, body),
  },
  selfsubjectreviews: {
    apiVersion: AUTHENTICATION,
    kind: "SelfSubjectReview",
    answer: (_, user) => ({ status: { userInfo: userInfo(user) } }),
  },
};

/** The review that a path asks for by POST, and the namespace in it; undefined for any other path. */
export function reviewAt(path: string): { readonly review: Review; readonly namespace: string } | undefined {
  const parts = /^\/apis\/([^/]+\/v1)\/(?:namespaces\/([^/]+)\/)?([a-z]+)$/.exec(path);
  const plural = parts?.[3] ?? "";
  const review = Object.hasOwn(REVIEWS, plural) ? REVIEWS[plural] : undefined;
  const namespace = parts?.[2] ?? "";
  const isLocal = review?.kind === "LocalSubjectAccessReview";
  if (review === undefined || review.apiVersion !== parts?.[1] || isLocal !== (namespace !== ""))
    return undefined;
  return { review, namespace };
}

/** Answers a review. @throws ApiError 403 for a user who may not ask about others. */
export function answerReview(
  context: ReviewContext,
  { review, namespace }: { readonly review: Review; readonly namespace: string },
  user: User,
  body: Json | undefined,
): JsonObject {
  const { apiVersion, kind, resource } = review;
  const [group = ""] = apiVersion.split("/");
  if (resource !== undefined)
    authorize(context.store, user, { verb: "create", group, resource, namespace, name: "" });
  const metadata = kind === "SelfSubjectReview" ? { creationTimestamp: timestamp(context.now()) } : {};
  return { kind, apiVersion, metadata, ...review.answer(context, user, body) };
}

function access(store: Store, user: User, body: Json | undefined): JsonObject {
  const spec = objectAt(body, "spec");
  const path = objectAt(spec, "nonResourceAttributes");
  const allowed = isObject(spec.nonResourceAttributes)
    ? isPathAllowed(store, user, stringAt(path, "verb") ?? "", stringAt(path, "path") ?? "")
    : isResourceAllowed(store, user, objectAt(spec, "resourceAttributes"));
  return { spec, status: { allowed } };
}

function isResourceAllowed(store: Store, user: User, attributes: JsonObject): boolean {
  const text = (field: string): string => stringAt(attributes, field) ?? "";
  const subresource = text("subresource");
  return isAllowed(store, user, {
    verb: text("verb"),
    group: text("group"),
    resource: subresource === "" ? text("resource") : `${text("resource")}/${subresource}`,
    namespace: text("namespace"),
    name: text("name"),
  });
}

/** The user that a review's spec speaks of. @throws ApiError 422 when it names none. */
function userIn(body: Json | undefined): User {
  const spec = objectAt(body, "spec");
  const name = stringAt(spec, "user") ?? "";
  const groups = textsAt(spec, "groups");
  if (name !== "" || groups.length > 0) return { name, uid: stringAt(spec, "uid") ?? "", groups, extra: {} };
  const why = "at least one of user or group must be specified";
  const message = `SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": ${why}`;
  throw new ApiError(422, "Invalid", message);
}

function token(tokens: ServiceAccountTokens, body: Json | undefined): JsonObject {
  const spec = objectAt(body, "spec");
  const user = tokens.userOf(stringAt(spec, "token") ?? "");
  if (user === undefined) return { spec, status: { user: {}, error: "the token is not one of this server" } };
  const audiences = ["https://kubernetes.default.svc"];
  return { spec, status: { authenticated: true, user: userInfo(user), audiences } };
}

function userInfo({ name, uid, groups, extra }: User): JsonObject {
  const own = Object.entries(extra).map(([key, values]): [string, Json] => [key, [...values]]);
  return {
    username: name,
    ...(uid === "" ? {} : { uid }),
    groups: [...groups],
    ...(own.length === 0 ? {} : { extra: Object.fromEntries(own) }),
  };
}

const ALL_RULES: readonly Json[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

function rules(store: Store, user: User, body: Json | undefined): JsonObject {
  const found = isMaster(user) ? ALL_RULES : rulesOf(store, user, stringAt(body, "spec", "namespace") ?? "");
  const isPath = (rule: Json): boolean => arrayAt(rule, "nonResourceURLs").length > 0;
  return {
    resourceRules: found.filter((rule) => !isPath(rule)),
    nonResourceRules: found.filter(isPath),
    incomplete: false,
  };
}
