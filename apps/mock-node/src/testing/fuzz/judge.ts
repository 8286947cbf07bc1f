import type { Reply } from "./exchange.ts";
import type { RequestKind } from "./requests.ts";

/** What is wrong with an answer to a request of this kind; `undefined` when nothing is. */
export function defectOf(kind: RequestKind, reply: Reply): string | undefined {
  if (kind === "garbage" || kind === "unfinished") {
    return reply.kind === "http" && reply.status >= 500 ? `HTTP ${reply.status}` : undefined;
  }
  if (reply.kind !== "http") return `no answer: ${reply.kind}`;
  return kind === "json-rpc" ? jsonRpcDefect(reply) : httpDefect(reply);
}

function httpDefect({ status, type, body }: Extract<Reply, { kind: "http" }>): string | undefined {
  if (![200, 400, 404, 414, 417, 431].includes(status)) return `HTTP ${status}`;
  if (type.startsWith("application/json") && body !== "" && !isJson(body))
    return `no JSON: ${body.slice(0, 80)}`;
  return undefined;
}

function jsonRpcDefect({ status, type, body }: Extract<Reply, { kind: "http" }>): string | undefined {
  if (status !== 200) return `HTTP ${status}`;
  if (body === "" || type.startsWith("text/html")) return undefined;
  if (!isJson(body)) return `no JSON: ${body.slice(0, 80)}`;
  const parsed: unknown = JSON.parse(body);
  const answers: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (answers.length === 0 || answers.length > 10) return `${answers.length} answers`;
  return answers.every(isAnswer) ? undefined : `no JSON-RPC: ${body.slice(0, 80)}`;
}

function isAnswer(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  const { jsonrpc, id, result, error }: Record<string, unknown> = { ...answer };
  const hasId = id === null || typeof id === "string" || (typeof id === "number" && id === Math.trunc(id));
  return jsonrpc === "2.0" && hasId && (result === undefined) !== (error === undefined);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
