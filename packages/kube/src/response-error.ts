import { KubeError, type KubeErrorCode } from "./kube-error.ts";
import type { WatchStatus } from "./types.ts";
import type { Answer } from "./whole-answer.ts";

const CODES: Readonly<Record<number, KubeErrorCode>> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "gone",
  422: "invalid",
  429: "too-many-requests",
};

/** The error of an answer that is no success: its text is a `metav1.Status` on a real API server. */
export function errorOfAnswer(verb: string, path: string, { statusCode, headers, text }: Answer): KubeError {
  const { message, reason, retryAfterSeconds } = statusOf(text);
  const code = reason === "AlreadyExists" ? "already-exists" : (CODES[statusCode] ?? "server-error");
  const seconds = headers["retry-after"] ?? retryAfterSeconds;
  return new KubeError(code, `${verb} ${path}: ${statusCode} ${message}`, pauseOf(seconds));
}

/** The error that a watch's ERROR event tells of. */
export function errorOfWatch({ code = 0, message = "no message", details }: WatchStatus): KubeError {
  const known = code === 410 || code === 429 ? CODES[code] : undefined;
  const text = `the watch ended with ${code}: ${message}`;
  return new KubeError(known ?? "server-error", text, pauseOf(details?.retryAfterSeconds));
}

/** Longer than any server means it: what asks for more is a fault, and must not keep the controller blind. */
const LONGEST_PAUSE_MS = 60_000;

/** How long the server asks to wait, by its header or by the details of its status; nothing where that is no number. */
function pauseOf(asked: unknown): { readonly retryAfterMs?: number } {
  const seconds = Number(asked);
  return seconds > 0 ? { retryAfterMs: Math.min(seconds * 1000, LONGEST_PAUSE_MS) } : {};
}

interface StatusText {
  readonly message: string;
  readonly reason?: unknown;
  readonly retryAfterSeconds?: unknown;
}

function statusOf(text: string): StatusText {
  try {
    const status = JSON.parse(text) as { message?: unknown; reason?: unknown; details?: unknown } | null;
    if (typeof status === "object" && status !== null && "message" in status) {
      const { message, reason, details } = status;
      const { retryAfterSeconds } = (details ?? {}) as { retryAfterSeconds?: unknown };
      return { message: String(message), reason, retryAfterSeconds };
    }
  } catch {
    // Not every proxy in between answers with JSON.
  }
  return { message: text.slice(0, 200) };
}
