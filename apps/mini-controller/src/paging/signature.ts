import { createHmac } from "node:crypto";

/** Header that carries the signature of a page. */
export const SIGNATURE_HEADER = "upgrade-halt-signature";

/**
 * `t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`, so that a receiver can refuse an old page that
 * somebody sends again. `at` is when the page was journaled, so every attempt has the same bytes.
 */
export function signatureOf(body: string, secret: string, at: string): string {
  const seconds = Math.floor(Date.parse(at) / 1000);
  const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${digest}`;
}
