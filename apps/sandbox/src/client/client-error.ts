import { isObject, type Json, stringAt } from "../json/json.ts";

/** A request that failed: `status` is the HTTP status, 0 when no answer came. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.reason = reason;
  }
}

/** The error that a Status body (or any other text) of an answer stands for. */
export function errorOfAnswer(status: number, body: string): ClientError {
  const parsed = parse(body);
  const message = stringAt(parsed, "message") ?? (body.trim() || `HTTP ${status}`);
  return new ClientError(status, stringAt(parsed, "reason") ?? "", message);
}

function parse(body: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether `error` is the API's answer with this HTTP status. */
export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ClientError && error.status === status;
}
