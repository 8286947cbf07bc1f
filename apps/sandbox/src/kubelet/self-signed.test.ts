import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { selfSigned } from "./self-signed.ts";

test("a certificate is signed by its own key, for its name, from now on", () => {
  const now = Date.parse("2026-08-21T18:00:00Z");
  const certificate = new X509Certificate(selfSigned("node-1", now).cert);
  expect(certificate.subject).toBe("CN=node-1");
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect([certificate.validFrom, certificate.validTo]).toEqual([
    "Aug 21 17:00:00 2026 GMT",
    "Aug 21 18:00:00 2027 GMT",
  ]);
});
