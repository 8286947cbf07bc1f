import type { ServerResponse } from "node:http";
import type { JsonObject } from "../../json/json.ts";
import type { ApiError } from "../api-error.ts";

/** Answers with JSON; each warning becomes a Warning header as RFC 7234 has it. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: JsonObject,
  warnings: readonly string[] = [],
  contentType = "application/json",
): void {
  const text = `${JSON.stringify(body)}\n`;
  if (warnings.length > 0) {
    response.setHeader(
      "warning",
      warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
    );
  }
  response.writeHead(code, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-cache, private",
  });
  response.end(text);
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
