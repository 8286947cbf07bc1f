import { expect, test } from "vitest";
import type { PagingTarget, SecretKeyRef } from "../api/paging.ts";
import { ControllerError } from "../controller-error.ts";
import { PagingHosts } from "./paging-hosts.ts";
import type { PagingSecret } from "./secrets.ts";
import { targetFault } from "./target-fault.ts";

const SECRETS: Readonly<Record<string, string>> = {
  url: "https://hooks.example/t0ps3cret\n",
  nowhere: "https://nowhere.invalid/t0ps3cret",
  text: "t0ps3cret",
  percent: "https://user:t0p%s3cret@hooks.example/",
};

async function readSecret({ name, key }: SecretKeyRef): Promise<PagingSecret> {
  const value = SECRETS[key];
  if (value === undefined) throw new ControllerError("bad-reference", `Secret sei/${name} has no key ${key}`);
  return { value, hosts: undefined };
}
const hosts = PagingHosts.parse("*,http://*:*,http://[::1]:9");

async function resolveHost(host: string): Promise<readonly string[]> {
  if (host.endsWith(".invalid")) throw Object.assign(new Error(`getaddrinfo ${host}`), { code: "ENOTFOUND" });
  return [host.startsWith("metadata.") ? "169.254.169.254" : host === "::1" ? host : "192.0.2.1"];
}

const secret = (key: string) => ({ name: "pager", key });

test.each([
  ["nothing", { webhook: { url: "http://[::1]:9/" } }, undefined],
  ["nothing, the URL being a secret", { webhook: { urlSecretRef: secret("url") } }, undefined],
  [
    "a host without an address",
    { alertmanager: { url: "http://nowhere.invalid:9093" } },
    "spec.paging[2].alertmanager: the host nowhere.invalid has no address (ENOTFOUND)",
  ],
  [
    "such a host in a Secret, whose path stays one",
    { webhook: { urlSecretRef: secret("nowhere") } },
    "spec.paging[2].webhook: the host nowhere.invalid has no address (ENOTFOUND)",
  ],
  [
    "a Secret without the key",
    { pagerDuty: { routingKeySecretRef: secret("routing") } },
    "spec.paging[2].pagerDuty: Secret sei/pager has no key routing",
  ],
  [
    "a Secret that holds no URL",
    { webhook: { urlSecretRef: secret("text") } },
    "spec.paging[2].webhook: key text of Secret pager holds no http(s) URL",
  ],
  [
    "a URL in a Secret whose password can't be decoded",
    { webhook: { urlSecretRef: secret("percent") } },
    "spec.paging[2].webhook: key percent of Secret pager has a % in its credentials that has to be written %25",
  ],
  [
    "a name that stands for the credentials of a cloud's machine",
    { webhook: { url: "https://metadata.example/latest" } },
    "spec.paging[2].webhook: the host metadata.example stands for 169.254.169.254, an address that is never paged",
  ],
] as readonly (readonly [string, PagingTarget, string | undefined])[])(
  "finds %s",
  async (_, target, fault) => {
    expect((await targetFault(target, 2, { readSecret, hosts }, resolveHost))?.message).toBe(fault);
  },
);
