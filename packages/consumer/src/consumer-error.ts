/**
 * `usage`: the caller asked for something that does not exist or does not fit. `failure`: the work could not be done.
 * `not-found`: there is no such command to supervise. `not-startable`: there is one, and it could not be started.
 */
export type ConsumerErrorCode = "usage" | "failure" | "not-found" | "not-startable";

/** The one error of this package. Its message is one sentence: what was found, where, and what to do. */
export class ConsumerError extends Error {
  readonly code: ConsumerErrorCode;

  constructor(code: ConsumerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConsumerError";
    this.code = code;
  }
}
