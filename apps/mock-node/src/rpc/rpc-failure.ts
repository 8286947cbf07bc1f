import { goJson } from "../go-json.ts";
/** The error codes of JSON-RPC 2.0 that a node answers with. */
export const RpcCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
} as const;
export type RpcCode = (typeof RpcCode)[keyof typeof RpcCode];

const MESSAGES: Readonly<Record<RpcCode, string>> = {
  [RpcCode.parse]: "Parse error",
  [RpcCode.invalidRequest]: "Invalid request",
  [RpcCode.methodNotFound]: "Method not found",
  [RpcCode.invalidParams]: "Invalid params",
  [RpcCode.internal]: "Internal error",
};

/** A failure that goes over the wire, and only there. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly code: RpcCode;

  constructor(code: RpcCode, data: string) {
    super(data);
    this.code = code;
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
