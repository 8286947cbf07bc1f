/** One upgrade plan of the chain, as governance passed it. */
export interface Plan {
  readonly name: string;
  /** The height at whose beginning the plan is due. */
  readonly height: number;
  /** Free text; JSON with `upgradeType` by convention. */
  readonly info: string;
  /** From this height on the plan is no longer on the chain, if it was not carried out before. */
  readonly cancelledAt?: number;
}

/**
 * Whether a plan is a minor release: its info is a JSON object whose `upgradeType` is `minor`, in any case. Anything else
 * is major, which is also what Sei's x/upgrade makes of info that it can't read.
 */
export function isMinorRelease(plan: Plan): boolean {
  try {
    const details: unknown = JSON.parse(plan.info);
    return (
      typeof details === "object" &&
      details !== null &&
      "upgradeType" in details &&
      typeof details.upgradeType === "string" &&
      details.upgradeType.toLowerCase() === "minor"
    );
  } catch {
    return false;
  }
}
