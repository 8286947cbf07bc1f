import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "../../json/json.ts";
import type { ApiError } from "../api-error.ts";
import { encodeProtobuf } from "../protobuf/encode.ts";
import { wantsProtobuf } from "./negotiation.ts";

/** Answers with JSON; each warning becomes a Warning header as RFC 7234 has it. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: JsonObject,
  warnings: readonly string[] = [],
  contentType = "application/json",
): void {
  warn(response, warnings);
  send(response, code, `${JSON.stringify(body)}\n`, contentType);
}

/** Answers with protobuf where the client asked for it first and the kind is served in it, with JSON otherwise. */
export function sendObject(
  { headers }: IncomingMessage,
  response: ServerResponse,
  code: number,
  body: JsonObject,
  warnings: readonly string[] = [],
): void {
  const bytes = wantsProtobuf(headers.accept) ? encodeProtobuf(body) : undefined;
  if (bytes === undefined) sendJson(response, code, body, warnings);
  else {
    warn(response, warnings);
    send(response, code, bytes, "application/vnd.kubernetes.protobuf");
  }
}

function warn(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  response.setHeader(
    "warning",
    warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
  );
}

/** Answers with bytes of a media type, or text. */
export function send(
  response: ServerResponse,
  code: number,
  body: string | Buffer,
  contentType: string,
): void {
  response.writeHead(code, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-cache, private",
  });
  response.end(body);
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

export function sendError(response: ServerResponse, error: ApiError): void {
  sendJson(response, error.code, error.status());
}
