import type { IncomingMessage } from "node:http";
import { parse } from "yaml";
import { duplicateKeys, goSyntaxError } from "../../json/go-json-syntax.ts";
import type { Json } from "../../json/json.ts";
import { ApiError, badRequest, unsupportedMediaType } from "../api-error.ts";
import type { RefuseBody } from "../body-words.ts";
import { decodeProtobuf, ProtobufError } from "../protobuf/decode.ts";

/** etcd's and so the API server's limit for a request (3 MiB). */
const LIMIT_BYTES = 3 * 1024 * 1024;

const PROTOBUF = "application/vnd.kubernetes.protobuf";
const MEDIA_TYPES = ["application/json", "application/yaml", PROTOBUF];

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

/** A request's body. */
export interface Body {
  /** Undefined for none. */
  readonly json: Json | undefined;
  /** The paths of keys that were there twice; the last of each counts. */
  readonly duplicates: readonly string[];
}

/** The body as JSON, from JSON or YAML. @throws ApiError 400, 413, 415. */
export async function readBody(request: IncomingMessage, refuse: RefuseBody): Promise<Body> {
  const mediaType = mediaTypeOf(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return { json: undefined, duplicates: [] };
  if (mediaType === PROTOBUF) return { json: readProtobuf(bytes), duplicates: [] };
  const isJson = mediaType.endsWith("json");
  if (!isJson && !mediaType.endsWith("yaml")) throw unsupportedMediaType(MEDIA_TYPES);
  try {
    const text = bytes.toString("utf8");
    if (!isJson) return { json: parse(text) as Json, duplicates: [] };
    return { json: JSON.parse(text) as Json, duplicates: duplicateKeys(bytes) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refuse((isJson ? goSyntaxError(bytes) : undefined) ?? why, bytes);
  }
}

/** Protobuf is read for every built-in kind that is served. @throws ApiError 400, 415. */
function readProtobuf(bytes: Buffer): Json {
  try {
    const object = decodeProtobuf(bytes);
    if (object !== undefined) return object;
  } catch (error) {
    throw error instanceof ProtobufError ? badRequest(error.message) : error;
  }
  throw unsupportedMediaType(MEDIA_TYPES);
}
