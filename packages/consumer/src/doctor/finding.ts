/** What was looked at. Append only: scripts match on them. */
export const CHECKS = [
  "process",
  "supervisor",
  "between",
  "halt",
  "crash",
  "evidence",
  "contract",
  "status",
  "policy",
  "upgrade",
  "upgrade-info",
  "cosmovisor",
  "image",
] as const;
export type Check = (typeof CHECKS)[number];

/** One line of what would happen at the next halt. */
export type Finding = {
  readonly check: Check;
  /** What it is about, where there are several: a pod, a policy. */
  readonly of?: string | undefined;
  /** What was found, in one sentence. */
  readonly found: string;
} & (
  | { readonly state: "ok" }
  /** `todo`: what to do, in one sentence. */
  | { readonly state: "todo"; readonly todo: string }
  /** It cannot be checked from here, and nothing hangs on it alone. */
  | { readonly state: "not-checked"; readonly todo?: string | undefined }
);

export function ok(check: Check, found: string): Finding {
  return { check, state: "ok", found };
}

export function todo(check: Check, found: string, what: string): Finding {
  return { check, state: "todo", found, todo: what };
}

export function notChecked(check: Check, found: string, what?: string): Finding {
  return { check, state: "not-checked", found, todo: what };
}
