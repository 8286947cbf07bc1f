/** What went wrong inside the producer, for code to branch on. */
export type ProducerErrorCode =
  /** An artifact could not be made durable: there is no graceful halt. */
  | "artifact-not-durable"
  /** The text handed to `populateStatus` is no JSON object. */
  | "status-not-an-object";

/** The one error class of this package. The message says what was found and where; `cause` is kept. */
export class ProducerError extends Error {
  override readonly name = "ProducerError";
  readonly code: ProducerErrorCode;

  constructor(code: ProducerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** What kept an artifact from being durable, as an error of this package. */
  static from(thrown: unknown): ProducerError {
    if (thrown instanceof ProducerError) return thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return new ProducerError("artifact-not-durable", `the artifacts of the halt failed: ${why}`, {
      cause: thrown,
    });
  }
}
