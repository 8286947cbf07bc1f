/** A field of a message: its JSON name, the type of its value, and whether there are many of them. */
export interface ProtobufField {
  readonly name: string;
  readonly type: string;
  readonly many: "one" | "list" | "map";
}

export type ProtobufMessage = ReadonlyMap<number, ProtobufField>;

/**
 * Number, name and type of each field, from the generated.proto files of k8s.io/api and k8s.io/apimachinery 0.35: of
 * the kinds that kubectl creates from its arguments, and of what they are made of. `[]` is a list, `{}` a map of strings.
 */
const FIELDS: Readonly<Record<string, string>> = {
  Unknown: "1 typeMeta TypeMeta, 2 raw bytes",
  TypeMeta: "1 apiVersion string, 2 kind string",
  ObjectMeta:
    "1 name string, 2 generateName string, 3 namespace string, 4 selfLink string, 5 uid string, 6 resourceVersion string, " +
    "7 generation int, 8 creationTimestamp Time, 9 deletionTimestamp Time, 10 deletionGracePeriodSeconds int, " +
    "11 labels {}string, 12 annotations {}string, 13 ownerReferences []OwnerReference, 14 finalizers []string",
  OwnerReference:
    "1 kind string, 3 name string, 4 uid string, 5 apiVersion string, 6 controller bool, 7 blockOwnerDeletion bool",
  Namespace: "1 metadata ObjectMeta, 2 spec NamespaceSpec",
  NamespaceSpec: "1 finalizers []string",
  Secret: "1 metadata ObjectMeta, 2 data {}bytes, 3 type string, 4 stringData {}string, 5 immutable bool",
  ConfigMap: "1 metadata ObjectMeta, 2 data {}string, 3 binaryData {}bytes, 4 immutable bool",
  ServiceAccount:
    "1 metadata ObjectMeta, 2 secrets []ObjectReference, 3 imagePullSecrets []LocalObjectReference, " +
    "4 automountServiceAccountToken bool",
  ObjectReference:
    "1 kind string, 2 namespace string, 3 name string, 4 uid string, 5 apiVersion string, 6 resourceVersion string, " +
    "7 fieldPath string",
  LocalObjectReference: "1 name string",
  Role: "1 metadata ObjectMeta, 2 rules []PolicyRule",
  ClusterRole: "1 metadata ObjectMeta, 2 rules []PolicyRule",
  PolicyRule:
    "1 verbs []string, 2 apiGroups []string, 3 resources []string, 4 resourceNames []string, 5 nonResourceURLs []string",
  RoleBinding: "1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef",
  ClusterRoleBinding: "1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef",
  Subject: "1 kind string, 2 apiGroup string, 3 name string, 4 namespace string",
  RoleRef: "1 apiGroup string, 2 kind string, 3 name string",
  TokenRequest: "1 metadata ObjectMeta, 2 spec TokenRequestSpec",
  TokenRequestSpec: "1 audiences []string, 3 boundObjectRef BoundObjectReference, 4 expirationSeconds int",
  BoundObjectReference: "1 kind string, 2 apiVersion string, 3 name string, 4 uid string",
  SelfSubjectAccessReview: "1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec",
  SelfSubjectAccessReviewSpec:
    "1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes",
  ResourceAttributes:
    "1 namespace string, 2 verb string, 3 group string, 4 version string, 5 resource string, 6 subresource string, " +
    "7 name string",
  NonResourceAttributes: "1 path string, 2 verb string",
  SelfSubjectReview: "1 metadata ObjectMeta",
  Eviction: "1 metadata ObjectMeta, 2 deleteOptions DeleteOptions",
  DeleteOptions:
    "1 gracePeriodSeconds int, 2 preconditions Preconditions, 3 orphanDependents bool, 4 propagationPolicy string, " +
    "5 dryRun []string",
  Preconditions: "1 uid string, 2 resourceVersion string",
  Time: "1 seconds int, 2 nanos int",
};

const messages = new Map(Object.entries(FIELDS).map(([name, fields]) => [name, messageOf(fields)]));

/** The message of that name, undefined for one that is not known here. */
export function messageNamed(name: string): ProtobufMessage | undefined {
  return messages.get(name);
}

function messageOf(fields: string): ProtobufMessage {
  return new Map(
    fields.split(", ").map((field) => {
      const [number = "", name = "", type = ""] = field.split(" ");
      const many = type.startsWith("[]") ? "list" : type.startsWith("{}") ? "map" : "one";
      return [Number(number), { name, type: type.replace(/^(\[\]|\{\})/, ""), many }];
    }),
  );
}
