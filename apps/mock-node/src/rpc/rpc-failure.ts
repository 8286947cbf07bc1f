import { goJson } from "../go-json.ts";
/** The error codes that a node answers with: those of JSON-RPC 2.0, and Sei's own. */
export const RpcCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Sei's, of `lag_status`. */
  lagIsTooHigh: -32604,
} as const;
export type RpcCode = (typeof RpcCode)[keyof typeof RpcCode];

const MESSAGES: Readonly<Record<RpcCode, string>> = {
  [RpcCode.parse]: "Parse error",
  [RpcCode.invalidRequest]: "Invalid request",
  [RpcCode.methodNotFound]: "Method not found",
  [RpcCode.invalidParams]: "Invalid params",
  [RpcCode.internal]: "Internal error",
  [RpcCode.lagIsTooHigh]: "Lag is too high",
};

/** A failure that goes over the wire, and only there. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly code: RpcCode;
  /** What the method found all the same, as JSON text: it goes out beside the error. */
  readonly result: string | undefined;

  constructor(code: RpcCode, data: string, result?: string) {
    super(data);
    this.code = code;
    this.result = result;
  }

  /** The status of an HTTP answer that has this failure in it, on Sei. */
  get httpStatus(): number {
    return this.code === RpcCode.lagIsTooHigh ? 417 : 200;
  }

  /** The failure as a JSON-RPC error object. */
  toJson(): string {
    return goJson({ code: this.code, message: MESSAGES[this.code], data: this.message });
  }

  /** Any thrown value as a failure; what is none already is the node's own fault. */
  static from(thrown: unknown): RpcFailure {
    if (thrown instanceof RpcFailure) return thrown;
    return new RpcFailure(RpcCode.internal, thrown instanceof Error ? thrown.message : String(thrown));
  }
}
