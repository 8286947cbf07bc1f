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
    super(`${field}: ${problem}`);
    this.code = code;
    this.field = field;
    this.value = value;
  }
}
