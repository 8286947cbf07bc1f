import type { Dispatcher } from "undici";
import { ControllerError, type ControllerErrorCode } from "../controller-error.ts";

const CODES: Readonly<Record<number, ControllerErrorCode>> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "gone",
  422: "invalid",
  429: "too-many-requests",
};

/** The error of a response that is no success; it reads the body, a `metav1.Status` on a real API server. */
export async function errorOfResponse(
  verb: string,
  path: string,
  response: Dispatcher.ResponseData,
): Promise<ControllerError> {
  const text = await response.body.text().catch(() => "");
  const { message, reason } = statusOf(text);
  const code = reason === "AlreadyExists" ? "already-exists" : (CODES[response.statusCode] ?? "server-error");
  const seconds = Number(response.headers["retry-after"]);
  return new ControllerError(code, `${verb} ${path}: ${response.statusCode} ${message}`, {
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

function statusOf(text: string): { readonly message: string; readonly reason: unknown } {
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status === "object" && status !== null && "message" in status) {
      return { message: String(status.message), reason: "reason" in status ? status.reason : undefined };
    }
  } catch {
    // Not every proxy in between answers with JSON.
  }
  return { message: text.slice(0, 200), reason: undefined };
}
