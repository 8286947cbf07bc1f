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
 * Whether a plan is a minor release: its info is a JSON object whose `upgradeType` is `minor`, both in any case, as Go reads
 * keys. Anything else is major, which is also what Sei's x/upgrade makes of info that it can't read.
 */
export function isMinorRelease(plan: Plan): boolean {
  const type = Object.entries(parseObject(plan.info)).findLast(
    ([key]) => key.toLowerCase() === "upgradetype",
  )?.[1];
  return typeof type === "string" && type.toLowerCase() === "minor";
}

function parseObject(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
