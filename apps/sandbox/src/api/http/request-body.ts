import type { IncomingMessage } from "node:http";
import { parse } from "yaml";
import type { Json } from "../../json/json.ts";
import { ApiError, badRequest, unsupportedMediaType } from "../api-error.ts";

/** etcd's and so the API server's limit for a request (3 MiB). */
const LIMIT_BYTES = 3 * 1024 * 1024;

/** The media type of the body, without parameters; JSON when the client doesn't say. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "application/json").split(";")[0]?.trim() ?? "application/json";
}

/** The whole body as bytes. @throws ApiError 413 above 3 MiB. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LIMIT_BYTES) {
      throw new ApiError(
        413,
        "RequestEntityTooLarge",
        `Request entity too large: limit is ${LIMIT_BYTES}`,
        {},
      );
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The body as JSON, from JSON or YAML. @throws ApiError 400, 413, 415. */
export async function readJson(request: IncomingMessage): Promise<Json | undefined> {
  const mediaType = mediaTypeOf(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  const isJson = mediaType.endsWith("json");
  if (!isJson && !mediaType.endsWith("yaml")) {
    throw unsupportedMediaType([
      "application/json",
      "application/yaml",
      "application/vnd.kubernetes.protobuf",
    ]);
  }
  try {
    const text = bytes.toString("utf8");
    return isJson ? (JSON.parse(text) as Json) : (parse(text) as Json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${isJson ? "JSON" : "YAML"}): ${why}`,
    );
  }
}
