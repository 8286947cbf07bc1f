import { CodedError, messageOf } from "@upgrade-halt/kube";
import type { Dispatcher } from "undici";
import { request } from "undici";
import { ControllerError } from "../controller-error.ts";

/** One HTTP request that carries a page. */
export interface PageRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIMEOUT_MS = 3_000;
/** Of an answer so much is read to use its connection again. */
const MOST_ANSWER_BYTES = 16 * 1024;

/** A receiver that gave no answer in time: the next request most likely gets none either. */
export class ReceiverTimeout extends ControllerError {}

/**
 * Posts a page, without following redirects. What it says about a failure names the host only: a webhook's path
 * often is its secret.
 *
 * @throws {ControllerError} `page-refused` unless the receiver answered 2xx.
 */
export async function deliver({ url, headers, body }: PageRequest, dispatcher?: Dispatcher): Promise<void> {
  const { host } = new URL(url);
  try {
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    // Its status says it all: a receiver that took the page must not get it again because its answer has no end.
    response.body.dump({ limit: MOST_ANSWER_BYTES }).catch(() => {});
    if (response.statusCode >= 200 && response.statusCode < 300) return;
    throw new ControllerError("page-refused", `the pager at ${host} answered ${response.statusCode}`);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const message = `the pager at ${host} can't be reached: ${networkFault(cause)}`;
    throw isTimeout(cause)
      ? new ReceiverTimeout("page-refused", message)
      : new ControllerError("page-refused", message);
  }
}

const TIMEOUT_CODES: ReadonlySet<unknown> = new Set(["UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);

function isTimeout(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return cause.name === "TimeoutError" || ("code" in cause && TIMEOUT_CODES.has(cause.code));
}

/** The error's code rather than its text, which may repeat the URL. */
function networkFault(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error && cause.name === "TimeoutError"
    ? `no answer in ${TIMEOUT_MS} ms`
    : messageOf(cause);
}
