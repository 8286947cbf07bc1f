import type { Branch } from "./branches.ts";
import type { Exception } from "./coverage-exceptions.ts";

/** What was taken of the branches that there are, and what of the others a reason is written down for. */
export interface BranchCount {
  readonly taken: number;
  readonly excepted: readonly Branch[];
  /** Never taken, and excepted by no name. */
  readonly open: readonly Branch[];
  /** Exceptions of branches that are not there, or that were taken. */
  readonly stale: readonly (readonly [file: string, text: string])[];
}

export function countBranches(branches: readonly Branch[], exceptions: readonly Exception[]): BranchCount {
  const named = exceptions.flatMap((exception) => exception.branches);
  const never = branches.filter(({ isTaken }) => !isTaken);
  const isNamed = (branch: Branch) => named.some((name) => isOf(branch, name));
  return {
    taken: branches.length - never.length,
    excepted: never.filter(isNamed),
    open: never.filter((branch) => !isNamed(branch)),
    stale: named.filter((name) => !never.some((branch) => isOf(branch, name))),
  };
}

function isOf({ file, text }: Branch, [where, begin]: readonly [string, string]): boolean {
  return file === where && text.startsWith(begin);
}
