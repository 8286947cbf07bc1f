import { jsonRpcBody, mutate } from "./bodies.ts";
import type { Random } from "./random.ts";

/** What a request is, which decides what a valid answer to it is. */
export type RequestKind =
  /** `POST /` with a body of JSON-RPC, or something like it. */
  | "json-rpc"
  /** A well-formed HTTP request of any path. */
  | "http"
  /** Something that may be no HTTP at all: any answer is fine, or none. */
  | "garbage"
  /** A request that stops before it is whole. */
  | "unfinished";

export interface FuzzRequest {
  readonly kind: RequestKind;
  readonly bytes: Buffer;
  /** Where in the bytes the sender pauses, for a slow body. */
  readonly pauseAt?: number;
}

const PATHS = [
  "/",
  "/status",
  "/health",
  "/lag_status",
  "/abci_info",
  "/block",
  "/blockchain",
  "/genesis",
  "/commit",
  "/validators",
  "/metrics",
  "/websocket",
  "/nope",
  "/%",
  "//",
  "/../status",
] as const;
const HTTP_METHODS = ["GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"] as const;
const QUERIES = [
  "",
  "?height=1",
  "?height=%22",
  "?height=1&height=2",
  "?minHeight=9&maxHeight=-9",
  "?__proto__=1",
  "?%%%",
  "?a[b]=c",
] as const;
const TYPES = [
  "application/json",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "é",
  "",
] as const;

/** The next request of a run. */
export function fuzzRequest(random: Random): FuzzRequest {
  const dice = random.next();
  if (dice < 0.02) return slow(random);
  if (dice < 0.5) return jsonRpc(random);
  if (dice < 0.8) return get(random);
  if (dice < 0.88)
    return request("http", "POST", target(random), headers(random), random.bytes(random.integer(0, 300)));
  if (dice < 0.93) return headerFlood(random);
  if (dice < 0.935) return huge(random);
  if (dice < 0.98) return { kind: "garbage", bytes: garbage(random) };
  return unfinished(random);
}

function jsonRpc(random: Random): FuzzRequest {
  return request(
    "json-rpc",
    "POST",
    "/",
    { "Content-Type": random.pick(TYPES) },
    Buffer.from(jsonRpcBody(random)),
  );
}

function slow(random: Random): FuzzRequest {
  const whole = jsonRpc(random);
  return { ...whole, pauseAt: random.integer(1, whole.bytes.length) };
}

function get(random: Random): FuzzRequest {
  const body = random.chance(0.1) ? random.bytes(random.integer(0, 50)) : undefined;
  return request("http", random.pick(HTTP_METHODS), target(random), headers(random), body);
}

function target(random: Random): string {
  const path = random.pick(PATHS) + random.pick(QUERIES);
  const mutated = random.chance(0.3) ? mutate(path, random) : path;
  const long = random.chance(0.01) ? mutated + "a".repeat(random.integer(1_000, 20_000)) : mutated;
  return `/${encodeURI(long.toWellFormed()).replace(/^\//, "")}`;
}

function headers(random: Random): Readonly<Record<string, string>> {
  return random.chance(0.3)
    ? { "Content-Type": random.pick(TYPES), "X-Fuzz": "x".repeat(random.integer(0, 2_000)) }
    : {};
}

function headerFlood(random: Random): FuzzRequest {
  const count = random.integer(50, 4_000);
  const flood = Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-Flood-${index}`, "y"]));
  return { ...request("http", "GET", "/status", flood), kind: "garbage" };
}

function huge(random: Random): FuzzRequest {
  const body = Buffer.alloc(random.integer(900_000, 1_500_000), random.pick(["[", " ", '{"a":', "0"]));
  return request("json-rpc", "POST", "/", {}, body);
}

function garbage(random: Random): Buffer {
  if (random.chance(0.5)) return random.bytes(random.integer(1, 500));
  return Buffer.from(mutate(fuzzText(random), random));
}

function unfinished(random: Random): FuzzRequest {
  const text = fuzzText(random);
  return { kind: "unfinished", bytes: Buffer.from(text.slice(0, random.integer(1, text.length - 1))) };
}

function fuzzText(random: Random): string {
  return request("json-rpc", "POST", "/", {}, Buffer.from(jsonRpcBody(random))).bytes.toString();
}

function request(
  kind: RequestKind,
  method: string,
  path: string,
  extra: Readonly<Record<string, string>>,
  body?: Buffer,
): FuzzRequest {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: node",
    "Connection: close",
    ...Object.entries(extra).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ];
  return {
    kind,
    bytes: Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body ?? Buffer.alloc(0)]),
  };
}
