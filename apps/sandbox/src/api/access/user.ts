/** Who a request comes from, as `user.Info` of k8s.io/apiserver has it. */
export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const MASTERS = "system:masters";
export const AUTHENTICATED = "system:authenticated";

/** Whoever comes without a token: the server listens on loopback alone. */
export const ADMIN: User = { name: "admin", uid: "", groups: [MASTERS, AUTHENTICATED], extra: {} };

/** Members of `system:masters` may do everything, whatever the roles say. */
export function isMaster({ groups }: User): boolean {
  return groups.includes(MASTERS);
}

/** The user name of a ServiceAccount. */
export function serviceAccountName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The groups that every ServiceAccount of a namespace is in. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}
