import { expect, test } from "vitest";
import type { PagingTarget } from "../api/paging.ts";
import { ControllerError } from "../controller-error.ts";
import { targetFault } from "./target-fault.ts";

const SECRETS: Readonly<Record<string, string>> = {
  url: "https://hooks.example/t0ps3cret\n",
  nowhere: "https://nowhere.invalid/t0ps3cret",
  text: "t0ps3cret",
};

async function readSecret({ name, key }: { readonly name: string; readonly key: string }): Promise<string> {
  const value = SECRETS[key];
  if (value === undefined) throw new ControllerError("bad-reference", `Secret sei/${name} has no key ${key}`);
  return value;
}

async function resolveHost(host: string): Promise<void> {
  if (host.endsWith(".invalid")) throw Object.assign(new Error(`getaddrinfo ${host}`), { code: "ENOTFOUND" });
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
] as readonly (readonly [string, PagingTarget, string | undefined])[])(
  "finds %s",
  async (_, target, fault) => {
    expect(await targetFault(target, 2, readSecret, resolveHost)).toBe(fault);
  },
);
