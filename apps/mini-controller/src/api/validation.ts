/** A rule in the Common Expression Language, as `x-kubernetes-validations` takes it. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
}

/** zod metadata that puts CEL rules beside the schema they guard; they end up in the CRD, not in zod. */
export function cel(...rules: readonly CelRule[]): { "x-kubernetes-validations": readonly CelRule[] } {
  return { "x-kubernetes-validations": rules };
}

/** zod metadata for a list whose entries are told apart by `keys`. */
export function listMap(...keys: readonly string[]): Record<string, unknown> {
  return { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys };
}
