/** What went wrong, for the program's exit code to follow. */
export type MockNodeErrorCode =
  /** A flag or its value makes no sense: exit 64. */
  | "usage"
  /** The plans file can't be read or is no list of plans: exit 1. */
  | "plans-unreadable"
  /** The RPC address can't be listened on: exit 1. */
  | "address-unavailable"
  /** `--port-file` can't be written: exit 1. */
  | "port-file-unwritable"
  /** `--home` can't be read or written: exit 1. */
  | "home-unusable"
  /** Another node runs on `--home`: exit 1. */
  | "home-in-use";

/** The one error class of this program. The message is one sentence for the person who started it. */
export class MockNodeError extends Error {
  override readonly name = "MockNodeError";
  readonly code: MockNodeErrorCode;

  constructor(code: MockNodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What an unknown thrown value says of itself. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
