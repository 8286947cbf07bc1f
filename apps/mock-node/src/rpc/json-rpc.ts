import { namedArguments } from "./arguments.ts";
import type { Id, Method } from "./method.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";

/** The most calls that one batch may hold. */
export const MAX_BATCH = 10;

/** The id in an answer to a call that had none that could be read. */
export const NO_ID = "null";

/** One call that is well formed, or a notification, which nobody answers. */
type Call =
  | { readonly kind: "call"; readonly id: Id; readonly method: string; readonly params: unknown }
  | { readonly kind: "notification" };

/** The answer to an HTTP request: its status and its body. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const NOTHING: HttpAnswer = { status: 200, text: "" };

/**
 * Answers the body of a `POST /` (JSON-RPC 2.0 as CometBFT and Sei speak it): one call, or a batch of at most ten. The
 * text is empty when only notifications came; the status is 200, whatever failed, but for Sei's lag. Never throws.
 */
export function answerJsonRpc(body: string, methods: ReadonlyMap<string, Method>): HttpAnswer {
  let request: ReturnType<typeof parseWithIds>;
  try {
    request = parseWithIds(body);
  } catch (cause) {
    return failed(NO_ID, new RpcFailure(RpcCode.parse, cause instanceof Error ? cause.message : ""));
  }
  const { parsed, sources } = request;
  if (!Array.isArray(parsed)) return answerOne(parsed, sources, methods);
  if (parsed.length > MAX_BATCH) {
    return failed(NO_ID, new RpcFailure(RpcCode.parse, `too many requests in the batch: ${parsed.length}`));
  }
  const answers = parsed
    .map((entry) => answerOne(entry, sources, methods))
    .filter((answer) => answer !== NOTHING);
  if (answers.length === 0) return NOTHING;
  return {
    status: Math.max(...answers.map(({ status }) => status)),
    text: `[${answers.map(({ text }) => text).join(",")}]`,
  };
}

/** A result in its envelope. */
export function resultResponse(id: Id, result: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
}

/** A failure in its envelope. */
export function errorResponse(id: Id, failure: RpcFailure): string {
  const result = failure.result === undefined ? "" : `"result":${failure.result},`;
  return `{"jsonrpc":"2.0","id":${id},${result}"error":${failure.toJson()}}`;
}

function failed(id: Id, failure: RpcFailure): HttpAnswer {
  return { status: failure.httpStatus, text: errorResponse(id, failure) };
}

function answerOne(entry: unknown, sources: IdSources, methods: ReadonlyMap<string, Method>): HttpAnswer {
  let id: Id = NO_ID;
  try {
    const call = parseCall(entry, sources);
    if (call.kind === "notification") return NOTHING;
    id = call.id;
    const method = methods.get(call.method);
    if (method === undefined) throw new RpcFailure(RpcCode.methodNotFound, call.method.slice(0, 100));
    const result = method.call(namedArguments(call.params, method.args), call.id);
    return { status: 200, text: resultResponse(id, result) };
  } catch (thrown) {
    return failed(id, RpcFailure.from(thrown));
  }
}

/** One call out of parsed JSON. Throws `RpcFailure`. */
function parseCall(entry: unknown, sources: IdSources): Call {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw new RpcFailure(RpcCode.parse, "a request is no object");
  }
  const { jsonrpc, id, method, params }: Record<string, unknown> = { ...entry };
  if (jsonrpc !== undefined && jsonrpc !== "" && jsonrpc !== "2.0") {
    throw new RpcFailure(RpcCode.parse, "invalid version");
  }
  if (id === undefined || id === null) return { kind: "notification" };
  const source = sources.get(entry);
  if (source === undefined || !VALID_ID.test(source)) {
    throw new RpcFailure(RpcCode.parse, "invalid request ID");
  }
  if (typeof method !== "string") throw new RpcFailure(RpcCode.invalidRequest, "method is no string");
  return { kind: "call", id: source, method, params };
}

/** A string, or an integer of any size: it is echoed as it was written. */
const VALID_ID = /^(?:".*"|-?\d+)$/;

/** How the `id` of each object was written. */
type IdSources = WeakMap<object, string>;

function parseWithIds(text: string): { readonly parsed: unknown; readonly sources: IdSources } {
  const sources: IdSources = new WeakMap();
  // TypeScript does not know the third argument yet (ECMAScript's JSON.parse source text access).
  function keepId(
    this: object,
    key: string,
    value: unknown,
    context?: { readonly source?: string },
  ): unknown {
    if (key === "id" && context?.source !== undefined) sources.set(this, context.source);
    return value;
  }
  return { parsed: JSON.parse(text, keepId), sources };
}
