import { namedArguments } from "./arguments.ts";
import type { Id, Method } from "./method.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";

/** The most calls that one batch may hold. */
export const MAX_BATCH = 10;

/** One call that is well formed, or a notification, which nobody answers. */
export type Call =
  | { readonly kind: "call"; readonly id: Id; readonly method: string; readonly params: unknown }
  | { readonly kind: "notification" };

/**
 * Answers the body of a `POST /` (JSON-RPC 2.0 as CometBFT and Sei speak it): one call, or a batch of at most ten. The
 * answer is the text of the response, empty when only notifications came. Never throws.
 */
export function answerJsonRpc(body: string, methods: ReadonlyMap<string, Method>): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    return errorResponse(null, new RpcFailure(RpcCode.parse, cause instanceof Error ? cause.message : ""));
  }
  if (!Array.isArray(parsed)) return answerOne(parsed, methods);
  if (parsed.length > MAX_BATCH) {
    return errorResponse(
      null,
      new RpcFailure(RpcCode.parse, `too many requests in the batch: ${parsed.length}`),
    );
  }
  const answers = parsed.map((entry) => answerOne(entry, methods)).filter((answer) => answer !== "");
  return answers.length === 0 ? "" : `[${answers.join(",")}]`;
}

/** A result in its envelope. */
export function resultResponse(id: Id | null, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
}

/** A failure in its envelope. */
export function errorResponse(id: Id | null, failure: RpcFailure): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${failure.toJson()}}`;
}

function answerOne(entry: unknown, methods: ReadonlyMap<string, Method>): string {
  let id: Id | null = null;
  try {
    const call = parseCall(entry);
    if (call.kind === "notification") return "";
    id = call.id;
    const method = methods.get(call.method);
    if (method === undefined) throw new RpcFailure(RpcCode.methodNotFound, call.method.slice(0, 100));
    return resultResponse(id, method.call(namedArguments(call.params, method.args), call.id));
  } catch (thrown) {
    return errorResponse(id, RpcFailure.from(thrown));
  }
}

/** One call out of parsed JSON. Throws `RpcFailure`. */
export function parseCall(entry: unknown): Call {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw new RpcFailure(RpcCode.parse, "a request is no object");
  }
  const { jsonrpc, id, method, params }: Record<string, unknown> = { ...entry };
  if (jsonrpc !== undefined && jsonrpc !== "" && jsonrpc !== "2.0") {
    throw new RpcFailure(RpcCode.parse, "invalid version");
  }
  if (id === undefined || id === null) return { kind: "notification" };
  if (typeof id !== "string" && !(typeof id === "number" && Number.isSafeInteger(id))) {
    throw new RpcFailure(RpcCode.parse, "invalid request ID");
  }
  if (typeof method !== "string") throw new RpcFailure(RpcCode.invalidRequest, "method is no string");
  return { kind: "call", id, method, params };
}
