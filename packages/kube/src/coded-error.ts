/**
 * An error with a code: the code is stable, the message is for people. `retryAfterMs` is set when the other side said how long
 * to wait (HTTP `Retry-After`).
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: Code,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** True when `error` is a {@link CodedError} with one of `codes`. */
export function hasCode<Code extends string>(
  error: unknown,
  ...codes: readonly Code[]
): error is CodedError<Code> {
  return error instanceof CodedError && codes.includes(error.code as Code);
}

/** One line that says what went wrong, with the cause that a network error hides behind `cause`. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  return error.cause instanceof Error ? messageOf(error.cause) : error.name;
}
