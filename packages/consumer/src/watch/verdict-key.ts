import type { Verdict } from "../verdict.ts";

/** Equal for two verdicts that say the same about a node, in other words or at another height. */
export function verdictKey(verdict: Verdict): string {
  switch (verdict.kind) {
    case "halted": {
      const { reason, plan, height, corroborated } = verdict;
      return JSON.stringify(["halted", reason, plan, height, corroborated]);
    }
    case "unrecognised-halt":
      return JSON.stringify([verdict.kind, verdict.range, verdict.code]);
    case "crashed":
      return JSON.stringify([verdict.kind, verdict.cause]);
    case "running":
    case "stopped":
    case "unknown":
      return verdict.kind;
  }
}
