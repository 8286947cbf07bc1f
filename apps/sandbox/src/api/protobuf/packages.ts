const META = "k8s.io.apimachinery.pkg.apis.meta.v1";

/** The protobuf package of each API group's v1. */
export const PACKAGES: Readonly<Record<string, string>> = {
  "": "k8s.io.api.core.v1",
  apps: "k8s.io.api.apps.v1",
  autoscaling: "k8s.io.api.autoscaling.v1",
  policy: "k8s.io.api.policy.v1",
  "coordination.k8s.io": "k8s.io.api.coordination.v1",
  "events.k8s.io": "k8s.io.api.events.v1",
  "networking.k8s.io": "k8s.io.api.networking.v1",
  "rbac.authorization.k8s.io": "k8s.io.api.rbac.v1",
  "authentication.k8s.io": "k8s.io.api.authentication.v1",
  "authorization.k8s.io": "k8s.io.api.authorization.v1",
  "apiextensions.k8s.io": "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1",
  "meta.k8s.io": META,
};

/** The protobuf package of a group and version; undefined for one that has none here. */
export function packageOf(group: string, version: string): string | undefined {
  return version === "v1" && Object.hasOwn(PACKAGES, group) ? PACKAGES[group] : undefined;
}

/** What is sent to subresources and to paths that store nothing. */
export const REVIEWS: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  ...[
    "SelfSubjectAccessReview",
    "SubjectAccessReview",
    "LocalSubjectAccessReview",
    "SelfSubjectRulesReview",
  ].map((kind) => ({ apiVersion: "authorization.k8s.io/v1", kind })),
  ...["SelfSubjectReview", "TokenReview", "TokenRequest"].map((kind) => ({
    apiVersion: "authentication.k8s.io/v1",
    kind,
  })),
  { apiVersion: "policy/v1", kind: "Eviction" },
  { apiVersion: "autoscaling/v1", kind: "Scale" },
  { apiVersion: "v1", kind: "Binding" },
];

/** Kinds of meta/v1 that name the group of their client in its place. */
export const OPTIONS: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  { apiVersion: "meta.k8s.io/v1", kind: "DeleteOptions" },
  { apiVersion: "meta.k8s.io/v1", kind: "Status" },
];
