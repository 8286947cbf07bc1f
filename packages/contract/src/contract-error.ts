/** What is wrong with a value that cannot be written. */
export type ContractErrorCode = "invalid_reason" | "invalid_height" | "invalid_text" | "invalid_announced_at";

/**
 * A value that the wire cannot carry: Go would refuse to write it, or would write something else.
 * `field` is the wire's name of the field, `value` what was given for it.
 */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly code: ContractErrorCode;
  readonly field: string;
  readonly value: unknown;

  constructor(code: ContractErrorCode, field: string, value: unknown, problem: string) {
    super(`${field}: ${shown(value)} ${problem}`);
    this.code = code;
    this.field = field;
    this.value = value;
  }
}

const LONGEST_SHOWN = 40;

function shown(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
  }
  if (value === null || ["number", "bigint", "boolean", "undefined"].includes(typeof value))
    return String(value);
  return `the ${typeof value}`;
}
