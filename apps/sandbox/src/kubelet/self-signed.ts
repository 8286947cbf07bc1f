import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A key and its certificate, both PEM. */
export interface ServingCertificate {
  readonly key: string;
  readonly cert: string;
}

const YEAR_MS = 365 * 24 * 3_600_000;
const ECDSA_WITH_SHA256 = sequence(tlv(0x06, Buffer.from("2a8648ce3d040302", "hex")));
const COMMON_NAME = tlv(0x06, Buffer.from("550403", "hex"));

/**
 * A certificate that a server signs for itself, as a kubelet without `--tls-cert-file` does: kube-apiserver asks a kubelet
 * over TLS alone, and checks its certificate only where it is told an authority. `now` is in milliseconds.
 */
export function selfSigned(commonName: string, now: number): ServingCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(commonName)))));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(now - 3_600_000), utcTime(now + YEAR_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = tlv(0x03, Buffer.of(0), sign("sha256", body, privateKey));
  const lines =
    sequence(body, ECDSA_WITH_SHA256, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

/** A value of ASN.1 as DER writes it: tag, length, content (X.690). */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), content]);
}

function utcTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(2, 14);
  return tlv(0x17, Buffer.from(`${text}Z`));
}
