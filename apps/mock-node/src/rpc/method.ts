/** What a call is known by, as JSON text. A call that came as a GET has -1, as in CometBFT. */
export type Id = string;

/** Arguments by name, as they came: from a query string, or from JSON-RPC params. */
export type Arguments = ReadonlyMap<string, unknown>;

export interface Method {
  /** The names of its arguments, in positional order. */
  readonly args: readonly string[];
  /** The result as JSON text. Throws `RpcFailure`. */
  call(args: Arguments, id: Id): string;
}
